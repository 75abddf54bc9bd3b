# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sockets: both APIs over TLS with a certificate of the simulator's own CA, control over plain HTTP."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
import uvicorn

from .control import Control
from .wire import TransportProtocol
from .world import World

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """The ports to serve on; 0 = any free one."""

    simplivity: int = 0
    acronis: int = 0
    control: int = 0


class QuietServer(uvicorn.Server):
    """A uvicorn server that leaves signals to the program around it and stops at once."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Does nothing: one handler serves all three servers."""
        yield

    def stop(self) -> None:
        """Ends the server without waiting for requests in progress."""
        self.should_exit = True
        self.force_exit = True


class Servers:
    """The three servers of one world."""

    def __init__(self, world: World, ports: Ports, names: list[str], keep_alive: int, directory: Path) -> None:
        authority = trustme.CA()
        certificate = authority.issue_cert(*names)
        self.ca_pem = authority.cert_pem.bytes()
        chain = directory / "server.pem"
        certificate.private_key_and_cert_chain_pem.write_to_path(str(chain))
        control = Control(world, self.stop_soon)
        self._servers = [
            _server(world.serve_simplivity, keep_alive, chain),
            _server(world.serve_acronis, keep_alive, chain),
            _server(control.app, keep_alive),
        ]
        self._sockets = [_listen(port) for port in (ports.simplivity, ports.acronis, ports.control)]
        self.ports = Ports(*(one.getsockname()[1] for one in self._sockets))

    async def run(self, ready: Any, stop_with_stdin: bool) -> None:
        """Serves until stopped; calls ``ready`` when all ports answer."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        if stop_with_stdin:
            threading.Thread(target=self._follow_stdin, args=(loop,), daemon=True).start()
        serving = [
            asyncio.create_task(server.serve(sockets=[listening]))
            for server, listening in zip(self._servers, self._sockets, strict=True)
        ]
        while not all(server.started for server in self._servers):
            if any(one.done() for one in serving):
                break
            await asyncio.sleep(0.005)
        else:
            ready()
        await asyncio.gather(*serving)

    def stop(self) -> None:
        """Ends all servers."""
        for server in self._servers:
            server.stop()

    def stop_soon(self) -> None:
        """Ends all servers when the answer under way has left."""
        asyncio.get_running_loop().call_later(0.02, self.stop)

    def _follow_stdin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Waits, in a thread of its own, until nobody can write to standard input any more."""
        with suppress(OSError, RuntimeError):
            while os.read(sys.stdin.fileno(), 4096):
                pass
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self.stop)


def _server(app: Any, keep_alive: int, certificate: Path | None = None) -> QuietServer:
    return QuietServer(
        uvicorn.Config(
            app,
            http=TransportProtocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=keep_alive,
            backlog=512,
            ssl_certfile=certificate,
        )
    )


def _listen(port: int) -> socket.socket:
    # Only with the protocol named does asyncio set TCP_NODELAY; without it small answers take 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((LOOPBACK, port))
    return listening
