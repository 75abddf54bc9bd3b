# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front of each API: keeps the ledger, counts requests in progress, and lets faults have their way."""

from __future__ import annotations

import asyncio
from typing import Protocol
from urllib.parse import parse_qsl

from .clock import Clock
from .faults import Faults, Others, Rule
from .ledger import Entry, Ledger
from .schedule import Schedule
from .wire import Answer, Line, Message, Receive, Scope, Send


class Api(Protocol):
    """What a gateway needs of the API behind it."""

    name: str

    @property
    def latency(self) -> float:
        """Seconds that every request takes at least."""

    @property
    def max_parallel(self) -> int:
        """How many requests may be in progress, 0 = any number."""

    def overloaded(self) -> Answer:
        """The answer to one request too many."""

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The API itself (ASGI)."""


class Gateway:
    """An ASGI application around an API."""

    def __init__(
        self, api: Api, clock: Clock, schedule: Schedule, ledger: Ledger, faults: Faults, others: Others
    ) -> None:
        self._api = api
        self._clock = clock
        self._schedule = schedule
        self._ledger = ledger
        self._faults = faults
        self._others = others
        self._in_progress = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await _read(receive)
        self._schedule.run_due()
        self._in_progress += 1
        entry = self._note(scope, body)
        scope["simulator.n"] = entry.n
        target = entry.path + ("?" + scope["query_string"].decode("latin-1") if scope["query_string"] else "")
        rule = self._faults.pick(self._api.name, entry.method, target)
        try:
            entry.status = await self._serve(scope, body, Line(scope, receive, send), rule, entry)
        finally:
            self._ledger.held.discard(entry.n)
            entry.ended = self._clock.monotonic()
            self._in_progress -= 1

    def _note(self, scope: Scope, body: bytes) -> Entry:
        return self._ledger.begin(
            api=self._api.name,
            method=scope["method"],
            path=scope["raw_path"].decode("latin-1"),
            query=parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True),
            headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
            body=body.decode("utf-8", "replace"),
            concurrent=self._in_progress,
            started=self._clock.monotonic(),
        )

    async def _serve(self, scope: Scope, body: bytes, line: Line, rule: Rule | None, entry: Entry) -> int | None:
        if self._api.latency:
            await asyncio.sleep(self._api.latency)
        if self._api.max_parallel and entry.concurrent > self._api.max_parallel:
            return await line.send(self._api.overloaded())
        if rule is None:
            return await line.send(await self._process(scope, body))
        entry.fault = rule.name
        if rule.when == "before":
            await rule.action.prepare(self._others)
        real = await self._process(scope, body) if rule.processes else None
        if rule.when == "after":
            await rule.action.prepare(self._others)
        if rule.action.holds:
            self._ledger.held.add(entry.n)
        return await rule.action.deliver(real, line)

    async def _process(self, scope: Scope, body: bytes) -> Answer:
        """Lets the API answer, and catches the answer."""
        self._schedule.run_due()
        answer = Answer(500)

        async def replay() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def catch(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in message["headers"]]
            else:
                answer.body += message.get("body", b"")

        await self._api.app(scope, replay, catch)
        return answer


async def _read(receive: Receive) -> bytes:
    """The whole body of the request; what had arrived when the client went away counts as well."""
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return b"".join(pieces)
