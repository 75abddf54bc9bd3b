# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that make a request go wrong: which requests, which hits of them, and what happens instead.

The kinds of faults are those of reliability.md 3; how to write a rule is in README.md.
"""

from __future__ import annotations

import asyncio
import base64
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from . import json_text
from .wire import Answer, Line

# What somebody else does in the middle of a request: {"patch": {…}}, {"delete": …}, {"expire": …}, {"set": {…}}.
Doing = Mapping[str, Any]
Others = Callable[[Doing], None]


class BadRule(ValueError):
    """A rule that cannot be understood."""


class Action(ABC):
    """What happens to a request; ``rewrites`` says that it works on the real answer whatever ``when`` is."""

    rewrites = False

    @property
    def holds(self) -> bool:
        """Whether the answer does not come, or not as a whole, for as long as this lasts."""
        return False

    async def prepare(self, _others: Others) -> None:
        """Takes its time, before or after the request is processed as the rule says."""
        return

    @abstractmethod
    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        """Answers the client; returns the status sent, None when it got none."""


@dataclass
class Reply(Action):
    """Another answer in place of the real one."""

    answer: Answer

    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        return await line.send(self.answer)


@dataclass
class Reset(Action):
    """The connection breaks."""

    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        line.reset()
        return None


@dataclass
class Close(Action):
    """The connection ends in order, without an answer."""

    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        line.close()
        return None


@dataclass
class Hang(Action):
    """Silence, then the connection ends."""

    seconds: float

    @property
    def holds(self) -> bool:
        return True

    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        await line.hold(self.seconds)
        line.close()
        return None


@dataclass
class Raw(Action):
    """Bytes as they are, in place of any HTTP answer; ``pause`` makes them drip."""

    content: bytes
    pause: float

    @property
    def holds(self) -> bool:
        return self.pause > 0

    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        await line.raw(self.content, self.pause)
        return None


@dataclass
class Delay(Action):
    """The real answer, late; "before" waits first and then processes, "after" the other way round."""

    rewrites = True
    seconds: float

    async def prepare(self, _others: Others) -> None:
        await asyncio.sleep(self.seconds)

    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        assert real is not None
        return await line.send(real)


@dataclass
class Meanwhile(Action):
    """The real answer; right before or after the request somebody else does something."""

    rewrites = True
    doing: Doing

    async def prepare(self, others: Others) -> None:
        others(self.doing)

    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        assert real is not None
        return await line.send(real)


@dataclass
class Truncate(Action):
    """The real answer, announced in full, cut after some bytes of its body."""

    rewrites = True
    length: int

    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        assert real is not None
        return await line.cut(real, self.length)


@dataclass
class ReplaceJson(Action):
    """The real status and headers with another JSON body."""

    rewrites = True
    content: Any

    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        assert real is not None
        return await line.send(real.with_body(orjson.dumps(self.content)))


@dataclass
class Mutate(Action):
    """The real answer with values set or deleted at dotted paths of its JSON body."""

    rewrites = True
    values: dict[str, Any]
    gone: list[str]

    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        assert real is not None
        try:
            content = json_text.loads(real.body)
        except orjson.JSONDecodeError:
            return await line.send(real)
        for path, value in self.values.items():
            _change(content, path, value=value)
        for path in self.gone:
            _change(content, path, delete=True)
        return await line.send(real.with_body(json_text.dumps(content)))


@dataclass
class Edit(Action):
    """The real answer with pieces of its body replaced, each where it stands first; what comes out may be no JSON."""

    rewrites = True
    pieces: list[tuple[bytes, bytes]]

    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        assert real is not None
        body = real.body
        for old, new in self.pieces:
            body = body.replace(old, new, 1)
        return await line.send(real.with_body(body))


@dataclass
class Relabel(Action):
    """The real answer with another status."""

    rewrites = True
    status: int

    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        assert real is not None
        return await line.send(Answer(self.status, real.headers, real.body))


@dataclass
class AddHeaders(Action):
    """The real answer with more headers."""

    rewrites = True
    headers: list[tuple[str, str]]

    async def deliver(self, real: Answer | None, line: Line) -> int | None:
        assert real is not None
        return await line.send(Answer(real.status, [*real.headers, *self.headers], real.body))


def _change(content: Any, path: str, value: Any = None, delete: bool = False) -> None:
    """Sets or deletes one value; a path that the answer does not have is left alone."""
    *above, last = (int(step) if step.lstrip("-").isdigit() else step for step in path.split("."))
    try:
        for step in above:
            content = content[step]
        if delete:
            del content[last]
        else:
            content[last] = value
    except (KeyError, IndexError, TypeError):
        return


REPLY_KEYS = {"status", "headers", "body", "body_base64", "json"}


def read_action(given: Mapping[str, Any]) -> Action:
    """Makes an action of its JSON form."""
    keys = set(given)
    if "status" in keys:
        if keys - REPLY_KEYS or len(keys & {"body", "body_base64", "json"}) > 1:
            raise BadRule(f"a reply takes status, headers and one of body, body_base64, json: {sorted(keys)}")
        return Reply(_answer(given))
    if len(keys) == 1 and keys <= SINGLE_KEYS.keys():
        name = keys.pop()
        return SINGLE_KEYS[name](given[name])
    if keys and keys <= {"mutate", "remove"}:
        return Mutate(dict(given.get("mutate", {})), list(given.get("remove", [])))
    if "raw" in keys and keys <= {"raw", "pause"}:
        return Raw(str(given["raw"]).encode("latin-1"), float(given.get("pause", 0)))
    raise BadRule(f"no such action: {sorted(keys)}")


SINGLE_KEYS: dict[str, Callable[[Any], Action]] = {
    "reset": lambda _value: Reset(),
    "close": lambda _value: Close(),
    "hang": lambda seconds: Hang(float(seconds)),
    "delay": lambda seconds: Delay(float(seconds)),
    "meanwhile": lambda doing: Meanwhile(_doing(doing)),
    "truncate": lambda size: Truncate(int(size)),
    "replace_json": ReplaceJson,
    "edit": lambda pieces: Edit([(str(old).encode("latin-1"), str(new).encode("latin-1")) for old, new in pieces]),
    "relabel": lambda status: Relabel(int(status)),
    "headers": lambda headers: AddHeaders(_pairs(headers)),
}


DOINGS = {"patch", "delete", "expire", "set"}


def _doing(given: Any) -> Doing:
    if not isinstance(given, Mapping) or not given or set(given) - DOINGS:
        raise BadRule(f"meanwhile takes {sorted(DOINGS)}")
    return dict(given)


def _pairs(headers: Any) -> list[tuple[str, str]]:
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return [(str(name), str(value)) for name, value in pairs]


def _answer(given: Mapping[str, Any]) -> Answer:
    status = int(given["status"])
    if not 200 <= status < 600:
        raise BadRule("a reply has a status from 200 to 599; write others with raw")
    headers = _pairs(given.get("headers", {}))
    named = {name.lower() for name, _value in headers}
    body = b""
    kind = "text/html"
    if "json" in given:
        body, kind = orjson.dumps(given["json"]), "application/json"
    elif "body" in given:
        body = str(given["body"]).encode()
    elif "body_base64" in given:
        body, kind = base64.b64decode(given["body_base64"]), "application/json"
    if body and "content-type" not in named:
        headers.append(("content-type", kind))
    return Answer(status, headers, body)


@dataclass
class Rule:
    """One rule with its count of hits: all matching requests, and those that it acted on."""

    name: str
    action: Action
    given: dict[str, Any]
    api: str | None = None
    method: str | None = None
    path: re.Pattern[str] = re.compile("")
    armed_by: re.Pattern[str] | None = None
    skip: int = 0
    times: int | None = None
    when: str = "before"
    hits: int = 0
    applied: int = 0

    @property
    def processes(self) -> bool:
        """Whether the request is processed for real."""
        return self.when == "after" or self.action.rewrites

    def matches(self, api: str, method: str, target: str) -> bool:
        """Whether a request is one of this rule's. The request that arms a rule is not yet one of them."""
        if self.api not in (None, api):
            return False
        if self.armed_by is not None:
            if _finds(self.armed_by, target):
                self.armed_by = None
            return False
        return self.method in (None, method) and _finds(self.path, target)

    def take(self) -> bool:
        """Counts a hit; says whether the rule acts on it."""
        self.hits += 1
        if self.hits <= self.skip or (self.times is not None and self.applied >= self.times):
            return False
        self.applied += 1
        return True

    def as_json(self) -> dict[str, Any]:
        """The rule as it was given, with its counts."""
        return {**self.given, "name": self.name, "hits": self.hits, "applied": self.applied}


def _finds(pattern: re.Pattern[str], target: str) -> bool:
    return bool(pattern.search(target) or pattern.search(unquote(target)))


RULE_KEYS = {"name", "api", "method", "path", "armed_by", "skip", "times", "when", "action"}


class Faults:
    """The rules in their order; the first one that is ready to act on a request does."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self._named = 0

    def add(self, given: Mapping[str, Any]) -> Rule:
        """Adds a rule in its JSON form at the end."""
        if set(given) - RULE_KEYS or "action" not in given:
            raise BadRule(f"a rule has an action and may have {sorted(RULE_KEYS)}")
        if given.get("when", "before") not in ("before", "after"):
            raise BadRule("when is before or after")
        if given.get("api") not in (None, "simplivity", "acronis"):
            raise BadRule("api is simplivity, acronis or null")
        try:
            pattern = re.compile(given.get("path") or "")
            armed_by = re.compile(given["armed_by"]) if given.get("armed_by") else None
            action = read_action(given["action"])
        except (re.error, TypeError, ValueError) as problem:
            raise BadRule(str(problem)) from problem
        self._named += 1
        rule = Rule(
            name=given.get("name") or f"rule-{self._named}",
            action=action,
            given=dict(given),
            api=given.get("api"),
            method=given.get("method"),
            path=pattern,
            armed_by=armed_by,
            skip=int(given.get("skip") or 0),
            times=given.get("times"),
            when=given.get("when", "before"),
        )
        self.rules.append(rule)
        return rule

    def pick(self, api: str, method: str, target: str) -> Rule | None:
        """The rule that acts on this request, if any; rules that only count are counted."""
        # every rule sees every request, or one that is armed by it could miss it
        matching = [rule for rule in self.rules if rule.matches(api, method, target)]
        return next((rule for rule in matching if rule.take()), None)

    def clear(self, name: str | None = None) -> None:
        """Removes all rules, or those of a name."""
        self.rules = [rule for rule in self.rules if name is not None and rule.name != name]
