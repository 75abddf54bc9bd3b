# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last step to the client: whole answers, and all the ways in which an answer fails to arrive."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

TRANSPORT = "simulator.transport"
NO_LINGER = struct.pack("ii", 1, 0)


class TransportProtocol(HttpToolsProtocol):
    """uvicorn's protocol that shows the application its connection, so that faults can break it."""

    def on_url(self, url: bytes) -> None:
        """Called with the request line, once a request."""
        super().on_url(url)
        self.scope["extensions"] = {TRANSPORT: self.transport}  # type: ignore[dict-item]


@dataclass
class Answer:
    """An HTTP answer, before anything happens to it."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @classmethod
    def of_json(cls, status: int, content: Any, headers: list[tuple[str, str]] | None = None) -> Answer:
        """An answer with a JSON body."""
        return cls(status, [("content-type", "application/json"), *(headers or [])], orjson.dumps(content))

    @classmethod
    def of_html(cls, status: int, title: str) -> Answer:
        """The page of a proxy that stands before an API (simplivity.md 4.2, acronis.md 4)."""
        page = (
            f"<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n"
            f"<center><h1>{status} {title}</h1></center>\r\n<hr><center>nginx</center>\r\n"
            "</body>\r\n</html>\r\n"
        )
        return cls(status, [("content-type", "text/html")], page.encode())

    def with_body(self, body: bytes) -> Answer:
        """The same answer with other content."""
        headers = [(name, value) for name, value in self.headers if name.lower() != "content-length"]
        return Answer(self.status, headers, body)

    def start(self) -> Message:
        """The ASGI message that opens this answer, always with its true length unless one was given."""
        headers = list(self.headers)
        if not any(name.lower() == "content-length" for name, _value in headers):
            headers.append(("content-length", str(len(self.body))))
        return {
            "type": "http.response.start",
            "status": self.status,
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        }


class Line:
    """The way back to one client."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._transport: asyncio.Transport = scope["extensions"][TRANSPORT]

    async def send(self, answer: Answer) -> int:
        """Sends a whole answer."""
        await self._send(answer.start())
        await self._send({"type": "http.response.body", "body": answer.body})
        return answer.status

    async def cut(self, answer: Answer, length: int) -> int:
        """Announces the whole answer, sends the first bytes of its body and closes."""
        await self._send(answer.start())
        await self._send({"type": "http.response.body", "body": answer.body[:length], "more_body": True})
        self._transport.close()
        return answer.status

    async def raw(self, content: bytes, pause: float) -> None:
        """Writes bytes as they are, one by one with a pause if there is one, and closes."""
        pieces = [content] if pause <= 0 else [content[i : i + 1] for i in range(len(content))]
        for piece in pieces:
            if self._transport.is_closing():
                return
            self._transport.write(piece)
            if pause > 0:
                await asyncio.sleep(pause)
        self._transport.close()

    def close(self) -> None:
        """Ends the connection in order, without an answer."""
        self._transport.close()

    def reset(self) -> None:
        """Breaks the connection: the client sees RST, not an end of file."""
        raw_socket = self._transport.get_extra_info("socket")
        if raw_socket is not None:
            raw_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self._transport.abort()

    async def hold(self, seconds: float) -> None:
        """Says nothing for so long, or until the client has gone."""
        try:
            async with asyncio.timeout(seconds):
                while (await self._receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            pass
