# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small CONNECT proxy that keeps what it was asked, and that can be out of order."""

from __future__ import annotations

import socket

from .server import Greeting, WireServer
from .wire import Wire
from .worlds import BackEnds


class Proxy(WireServer):
    """Tunnels to whatever it is asked for. broken: what it does instead of answering.

    asked: the heads of the requests that it got.
    """

    def __init__(self, broken: Greeting | None = None) -> None:
        super().__init__(BackEnds(), None, greeting=self._serve_proxy)
        self.asked: list[str] = []
        self._broken = broken
        self._most: int | None = None

    def refuse_after(self, tunnels: int) -> None:
        """Carry so many tunnels, and answer 502 from then on."""
        self._most = tunnels

    def _serve_proxy(self, wire: Wire) -> None:
        head = wire.read_until(b"\r\n\r\n")
        if head is None:
            return
        self.asked.append(head.decode("latin-1"))
        broken = self._broken
        if self._most is not None and len(self.asked) > self._most:
            broken = answers(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        if broken is not None:
            broken(wire)
            return
        method, target, _version = self.asked[-1].split("\r\n")[0].split(" ")
        assert method == "CONNECT", target
        host, _colon, port = target.rpartition(":")
        with socket.create_connection((host.strip("[]"), int(port)), 5) as onward:
            wire.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            wire.join(onward)


def answers(text: bytes) -> Greeting:
    """A proxy that says this to everything."""

    def broken(wire: Wire) -> None:
        wire.send(text)
        wire.end()

    return broken


def silent(wire: Wire) -> None:
    wire.hold()
