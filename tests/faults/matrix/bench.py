# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module against the simulator with a fault in place, and asserts what holds whatever the fault is."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from ansible_collections.safehold.backup.plugins.module_utils._core import client
from ansible_collections.safehold.backup.plugins.module_utils._shapes import ansible_module

from faults.harness import figures, targets
from faults.harness.running import Seen, run
from faults.harness.scanner import assert_nothing_leaked
from faults.harness.virtual_time import virtual_time
from simulator.process import Control, Simulator

from . import words

PAGED_AT_ONCE = ("/backups", "/datastores", "/hosts", "/virtual_machines")

_LOGINS = re.compile(r"/(oauth|idp)/token$")
_ENDS = re.compile(r"/revoke(_token)?$")
_SECRETS = ("password", "client_secret", "access_token")
_WRITERS = ("svt_backup_rename",)
_WATCH_SECONDS = 0.01

# Seconds: the longest wait of these modules, and what comes before and after it.
LIMIT = 360.0

Rule = Mapping[str, Any]


@dataclass(frozen=True)
class Played:
    """A run with what the server saw of it. hits: requests that each rule could act on. open: sessions left."""

    seen: Seen
    ledger: list[dict[str, Any]]
    hits: list[int]
    changes: list[dict[str, Any]]
    open: int

    @property
    def result(self) -> dict[str, Any]:
        return self.seen.result

    @property
    def failure(self) -> dict[str, Any]:
        return self.seen.ran.failure

    @property
    def msg(self) -> str:
        return self.seen.ran.msg if self.seen.failed else ""

    @property
    def logins(self) -> list[dict[str, Any]]:
        """All tries to log in."""
        return [entry for entry in self.ledger if _LOGINS.search(entry["path"])]

    @property
    def writes(self) -> list[dict[str, Any]]:
        """Requests that would change what is backed up."""
        return [
            entry
            for entry in self.ledger
            if entry["method"] != "GET" and not _LOGINS.search(entry["path"]) and not _ENDS.search(entry["path"])
        ]

    def to(self, path: str) -> list[dict[str, Any]]:
        """Requests whose path fits a pattern."""
        return [entry for entry in self.ledger if re.search(path, target(entry))]


class Bench:
    """A simulator, and modules in one time with it."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.control: Control = simulator.control

    def options(self, module: str, **more: Any) -> dict[str, Any]:
        """What makes a module do its work; more replaces options, None takes one away."""
        found = {**targets.options(self.simulator, module), **more}
        return {name: value for name, value in found.items() if value is not None}

    def play(
        self,
        module: str,
        *rules: Rule,
        options: Mapping[str, Any] | None = None,
        check_mode: bool = False,
        limit: float = LIMIT,
        lost_logins: int = 0,
        after: int = 0,
        jump: Callable[[float], float] = lambda _now: 0.0,
    ) -> Played:
        """One run. lost_logins: how many answers to logins the fault keeps from the module. after: the number of the
        last request in the ledger that is none of this run. jump: by how much the module's wall clock is wrong."""
        given = dict(options) if options is not None else self.options(module)
        if rules:
            self.control.fault(*rules)
        secrets = [str(given[name]) for name in _SECRETS if given.get(name)]
        with virtual_time(self.control, jump) as time, _check_mode_is_heeded(by=_WRITERS, module=module):
            seen = run(module, given, secrets=secrets, limit=limit, within=time, check_mode=check_mode)
        state = self.control.state()
        played = Played(
            seen,
            [entry for entry in self.control.ledger() if entry["n"] > after],
            [rule["hits"] for rule in self.control.faults()],
            self.control.changes() if module in _WRITERS else [],
            sum(api["open_sessions"] for api in state.values()),
        )
        if not (module.endswith("_token") and "access_token" in seen.result):
            issued = [token for api in state.values() for token in api["tokens"]]
            assert_nothing_leaked(seen.ran.output + json.dumps(seen.ran.raw, ensure_ascii=False, default=str), issued)
        _judge_texts(played)
        _judge_logins(played, lost_logins)
        if check_mode:
            _judge_check_mode(played)
        return played

    @contextmanager
    def meanwhile(self, path: str, number: int, act: Callable[[Control], object]) -> Iterator[None]:
        """Somebody else acts as soon as the server has begun on its n-th request of a path. A `delay` rule on that
        request makes it certain that its answer is made afterwards."""
        stop = threading.Event()

        def watch() -> None:
            while not stop.wait(_WATCH_SECONDS):
                asked = [entry for entry in self.control.ledger() if re.search(path, target(entry))]
                if len(asked) >= number:
                    act(self.control)
                    done.append(True)
                    return

        done: list[bool] = []
        other = threading.Thread(target=watch)
        other.start()
        try:
            yield
        finally:
            stop.set()
            other.join()
        assert done, "the moment to act never came"


@contextmanager
def _check_mode_is_heeded(by: Sequence[str], module: str) -> Iterator[None]:
    """Other modules must not even ask whether it is check mode, so that a run and a check of them are one."""
    asked: list[bool] = []

    def read(host: Any) -> bool:
        asked.append(True)
        return bool(vars(host)["check_mode"])

    def write(host: Any, value: bool) -> None:
        vars(host)["check_mode"] = value

    with mock.patch.object(ansible_module.ModuleHost, "check_mode", property(read, write), create=True):
        yield
    assert not asked or module in by, f"{module} asks whether it is check mode"


def target(entry: Mapping[str, Any]) -> str:
    """Where a request of the ledger went: its path, and a question mark when it had a query."""
    return str(entry["path"]) + ("?" if entry["query"] else "")


def _judge_texts(played: Played) -> None:
    """One clean line of 1,000 characters that names the operation and the next step; facts that fit the ledger."""
    if not played.seen.failed:
        return
    problems = words.problems(played.msg, played.failure)
    # at a limit a request may be given up before it is on its way, and so may other pages when one fails
    most = 1 if played.failure["kind"] in ("task_timeout", "timeout") else 0
    if played.failure["path"] in PAGED_AT_ONCE:
        most = client.AT_ONCE - 1
    if not 0 <= played.failure["requests"] - len(played.ledger) <= most:
        problems.append(f"it says {played.failure['requests']} requests, the server saw {len(played.ledger)}")
    figures.record("texts", messages=1, bad=int(bool(problems)))
    assert not problems, f"{problems}: {played.msg}"


def _judge_logins(played: Played, lost: int) -> None:
    """One login a run, one more for each 401, and no second try on credentials that were refused."""
    accepted = [entry for entry in played.logins if entry["status"] in (None, 200)]
    refused = [entry for entry in played.logins if entry["status"] in (400, 401, 403)]
    unauthorized = [
        entry
        for entry in played.ledger
        if entry["status"] == 401 and entry not in played.logins and not _ENDS.search(entry["path"])
    ]  # fmt: skip
    too_many = len(accepted) > 1 + len(unauthorized) + lost or len(refused) > 1
    figures.record("logins", runs=1, too_many=int(too_many))
    assert not too_many, [(entry["method"], entry["path"], entry["status"]) for entry in played.ledger]


def _judge_check_mode(played: Played) -> None:
    figures.record("check_mode", runs=1, writes=len(played.writes))
    assert not played.writes and not played.changes
