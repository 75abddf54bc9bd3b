# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on raw sockets that a test tells what to do with each connection and each request.

Without a fault it answers as its world does. Everything that came in is kept: connections, requests, raw targets.
"""

from __future__ import annotations

import mmap
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import parse_headers
from io import BytesIO
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from .wire import Wire, WireEnded

_MOST_CONNECTIONS = 256
_PATIENCE = 20.0  # seconds; the client of a test has given up long before


@dataclass(frozen=True)
class Request:
    """A request as it came. target: the raw text of the request line. connection: the number of its connection."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


class World(Protocol):
    """What stands behind the server: plain answers."""

    def answer(self, request: Request) -> bytes:
        """The whole answer to a request, head and body; changes the world when the request is a change."""


@dataclass
class Exchange:
    """One request that a fault decides about. reply: the plain answer, made when it is first asked for."""

    request: Request
    wire: Wire
    world: World
    _reply: bytes | None = field(default=None, init=False)

    @property
    def reply(self) -> bytes:
        if self._reply is None:
            self._reply = self.world.answer(self.request)
        return self._reply

    def pretend(self, reply: bytes) -> None:
        """Take this for the plain answer; the world does not hear of the request."""
        self._reply = reply

    @property
    def reply_body(self) -> bytes:
        """The body of the plain answer."""
        return self.reply.partition(b"\r\n\r\n")[2]


Fault = Callable[[Exchange], None]
Greeting = Callable[[Wire], None]
Wanted = Callable[[Request], bool]


@dataclass
class Rule:
    """A fault for the requests that `wanted` picks: the first `skip` of them pass, then `times` are met (None: all)."""

    wanted: Wanted
    fault: Fault
    times: int | None = None
    skip: int = 0
    met: int = 0

    def takes(self, request: Request) -> bool:
        if not self.wanted(request):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None and self.met >= self.times:
            return False
        self.met += 1
        return True


class WireServer:
    """Serves on 127.0.0.1, or on `address`, until it is closed. Use as a context manager.

    tls: the context of its connections by their numbers, counted from 0; None for plain text.
    greeting: what happens to a connection before TLS, instead of anything else.
    keep_alive: whether a connection serves more than one request.
    """

    def __init__(
        self,
        world: World,
        tls: ssl.SSLContext | Callable[[int], ssl.SSLContext] | None,
        *,
        greeting: Greeting | None = None,
        keep_alive: bool = True,
        address: str = "127.0.0.1",
    ) -> None:
        self.world = world
        self.requests: list[Request] = []
        self.connections = 0
        self.handshakes = 0
        self.refused_handshakes = 0
        self.rules: list[Rule] = []
        self._tls = tls
        self._greeting = greeting
        self._keep_alive = keep_alive
        self._lock = threading.Lock()
        self._closed = False
        self._wires: list[Wire] = []
        # seen in forks of this process as well, where a module may run
        self._holding = mmap.mmap(-1, _MOST_CONNECTIONS)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.socket(family)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((address, 0))
        self._listener.listen(64)
        self.host = address
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> WireServer:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._closed = True
        # closing alone does not wake a thread in accept()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            wires = list(self._wires)
        for wire in wires:
            wire.shut()

    def fault(self, wanted: Wanted, fault: Fault, times: int | None = None, skip: int = 0) -> Rule:
        """From now on `fault` speaks instead of the world to the requests that `wanted` picks."""
        rule = Rule(wanted, fault, times, skip)
        with self._lock:
            self.rules.append(rule)
        return rule

    def seen(self, method: str | None = None, path: str = "") -> list[Request]:
        """The requests with this method whose path ends so."""
        with self._lock:
            return [
                one for one in self.requests if one.path.endswith(path) and (method is None or one.method == method)
            ]

    def held(self) -> set[int]:
        """The numbers of the connections on which an answer is held back."""
        return {number for number in range(_MOST_CONNECTIONS) if self._holding[number]}

    def wait_until_left(self, seconds: float = 5.0) -> bool:
        """Whether every client has gone, after waiting for that."""
        with self._lock:
            wires = list(self._wires)
        return all(wire.wait_until_left(seconds) for wire in wires)

    def _accept(self) -> None:
        while not self._closed:
            try:
                sock, _address = self._listener.accept()
            except OSError:
                return
            with self._lock:
                number = self.connections
                self.connections += 1
                wire = Wire(sock, partial(self._holding.__setitem__, number))
                self._wires.append(wire)
            threading.Thread(target=self._serve, args=(wire, number), daemon=True).start()

    def _serve(self, wire: Wire, number: int) -> None:
        # a client may go at any moment, and that is what most tests are about
        with suppress(OSError, WireEnded):
            self._talk(wire, number)
        wire.close()

    def _talk(self, wire: Wire, number: int) -> None:
        wire.patience(_PATIENCE)
        if self._greeting is not None:
            self._greeting(wire)
            return
        context = self._tls(number) if callable(self._tls) else self._tls
        if context is not None:
            try:
                wire.start_tls(context)
            except OSError:
                self.refused_handshakes += 1
                raise
            self.handshakes += 1
        while True:
            request = self._read(wire, number)
            if request is None:
                return
            exchange = Exchange(request, wire, self.world)
            rule = self._record(request)
            if rule is not None:
                rule.fault(exchange)
            else:
                wire.send(exchange.reply if self._keep_alive else _closing(exchange.reply))
            if not self._keep_alive:
                return

    def _record(self, request: Request) -> Rule | None:
        with self._lock:
            self.requests.append(request)
            return next((rule for rule in self.rules if rule.takes(request)), None)

    def _read(self, wire: Wire, number: int) -> Request | None:
        head = wire.read_until(b"\r\n\r\n")
        if head is None:
            return None
        line, _end, rest = head.partition(b"\r\n")
        method, target, _version = line.decode("latin-1").split(" ", 2)
        headers = {name.lower(): value for name, value in parse_headers(BytesIO(rest)).items()}
        return Request(method, target, headers, wire.read(int(headers.get("content-length", "0"))), number)


def _closing(reply: bytes) -> bytes:
    """The same answer, which says that no other request is served: a client may try one before it sees the end."""
    return reply.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
