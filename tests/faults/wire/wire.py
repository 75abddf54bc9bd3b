# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection seen from the server: bytes out in every wrong way, bytes in, TLS or not."""

from __future__ import annotations

import selectors
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress

_NO_LINGER = struct.pack("ii", 1, 0)
_MOST_HEAD = 1024 * 1024


class WireEnded(Exception):
    """A fault has ended the connection."""


class Wire:
    """A connection. Writing to a client that has gone raises OSError, which ends the thread that serves it.

    holds: is told whether the answer does not come, or not as a whole, for as long as the client waits.
    """

    def __init__(self, sock: socket.socket, holds: Callable[[bool], None] = lambda _so: None) -> None:
        self._sock = sock
        self._buffer = b""
        self._left = threading.Event()
        self._holds = holds
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def patience(self, seconds: float) -> None:
        """How long any step may take."""
        self._sock.settimeout(seconds)

    def start_tls(self, context: ssl.SSLContext) -> None:
        """The handshake. A client that refuses the certificate raises here."""
        self._sock = context.wrap_socket(self._sock, server_side=True)

    def read_until(self, end: bytes) -> bytes | None:
        """Bytes up to and with `end`; None when the client left before it."""
        while end not in self._buffer:
            data = self._sock.recv(65536)
            if not data or len(self._buffer) > _MOST_HEAD:
                self._left.set()
                return None
            self._buffer += data
        found, self._buffer = self._buffer.split(end, 1)
        return found + end

    def read(self, length: int) -> bytes:
        """So many bytes; fewer when the client left before."""
        while len(self._buffer) < length:
            data = self._sock.recv(65536)
            if not data:
                break
            self._buffer += data
        found, self._buffer = self._buffer[:length], self._buffer[length:]
        return found

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def drip(self, data: bytes, pause: float) -> None:
        """One byte at a time."""
        self._holds(True)
        for index in range(len(data)):
            self.send(data[index : index + 1])
            time.sleep(pause)

    def send_for_ever(self, data: bytes, pause: float) -> None:
        """The same bytes again and again, until the client goes. With a pause, it may wait for the end in vain."""
        self._holds(pause > 0)
        while True:
            self.send(data)
            time.sleep(pause)

    def below_tls(self, data: bytes) -> None:
        """Bytes on the bare socket, so that the client's TLS meets a record that it cannot read."""
        socket.socket.sendall(self._sock, data)

    def reset(self) -> None:
        """RST instead of an orderly end; what was sent may be lost with it."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._sock.close()
        self._left.set()
        raise WireEnded

    def end(self) -> None:
        """An orderly end."""
        self.close()
        raise WireEnded

    def hold(self) -> None:
        """Silence, until the client goes."""
        self._holds(True)
        self.linger()

    def linger(self) -> None:
        """Say no more, and leave it to the client to go, who has been told enough for that."""
        while self._sock.recv(65536):
            pass
        self._left.set()
        raise WireEnded

    def join(self, other: socket.socket) -> None:
        """Carry bytes both ways until one side ends."""
        with selectors.DefaultSelector() as ready:
            ready.register(self._sock, selectors.EVENT_READ, other)
            ready.register(other, selectors.EVENT_READ, self._sock)
            while True:
                for key, _events in ready.select():
                    data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not data:
                        return
                    key.data.sendall(data)

    def shut(self) -> None:
        """Ends it from another thread. The one that uses the socket closes it: its number may be another one's by the
        time that a write to it is carried out."""
        with suppress(OSError):
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def close(self) -> None:
        self._holds(False)
        with suppress(OSError, ValueError):
            self._sock.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self._sock.close()
        self._left.set()

    def wait_until_left(self, seconds: float) -> bool:
        """Whether the connection has ended, after waiting for that."""
        return self._left.wait(seconds)
