# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays and ad-hoc calls of the real Ansible, and what became of each task."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from integration.modules.harness import surroundings
from integration.modules.harness.ways import AS_PROCESS
from simulator.process import Control, Simulator

ROOT = Path(__file__).resolve().parents[4]
COLLECTION = "safehold.backup"
_CALLBACKS = Path(__file__).resolve().parent / "callback"
_SECONDS = 900
# A login, its end and the narrowing of a token change nothing that is backed up.
SESSION_PATHS = ("/api/oauth/token", "/api/oauth/revoke", "/api/2/idp/token", "/api/2/idp/revoke_token")
FAILURE_KEYS = {
    "kind",
    "http_status",
    "code",
    "detail",
    "method",
    "path",
    "task",
    "submitted",
    "elapsed",
    "requests",
}


class _Plan(Control):
    """Writes down calls of the control API instead of making them."""

    def __init__(self) -> None:
        super().__init__("")
        self.calls: list[tuple[str, str, Any]] = []

    def call(self, method: str, path: str, body: Any = None) -> Any:
        self.calls.append((method, path, body))
        return {"expired": 0}


@dataclass(frozen=True)
class Case:
    """One task. before: prepares the simulator, with calls of its control API whose answers do not matter."""

    module: str
    options: Mapping[str, Any] = field(default_factory=dict)
    before: Callable[[Control], object] | None = None
    check: bool = False
    diff: bool = False
    no_log: bool = False
    register: str | None = None

    def as_task(self, name: str) -> dict[str, Any]:
        """The task of a playbook."""
        task: dict[str, Any] = {
            "name": name,
            self.module if "." in self.module else f"{COLLECTION}.{self.module}": dict(self.options),
            "ignore_errors": True,
            "check_mode": self.check,
            "diff": self.diff,
        }
        for keyword in ("no_log", "register"):
            if getattr(self, keyword):
                task[keyword] = getattr(self, keyword)
        return task


@dataclass(frozen=True)
class Done:
    """What became of a case: what the user sees, and what the server saw."""

    name: str
    failed: bool
    result: Mapping[str, Any]
    ledger: Sequence[Mapping[str, Any]]
    changes: Sequence[Mapping[str, Any]]
    state: Mapping[str, Mapping[str, Any]]

    def __getitem__(self, key: str) -> Any:
        return self.result[key]

    def requests(self, method: str | None = None, path: str = "") -> list[Mapping[str, Any]]:
        """The requests of a method, with a text in the path."""
        return [one for one in self.ledger if method in (None, one["method"]) and path in one["path"]]

    @property
    def writes(self) -> list[Mapping[str, Any]]:
        """The requests that may have changed something: all but reads and those that begin or end a session."""
        return [one for one in self.ledger if one["method"] != "GET" and one["path"] not in SESSION_PATHS]

    @property
    def logins(self) -> int:
        """How often a password or a client secret was sent for a token."""
        return len(self.requests("POST", "/oauth/token")) + len(self.requests("POST", "/idp/token"))

    @property
    def warnings(self) -> str:
        """All warnings in one text."""
        return "\n".join(str(one) for one in self.result.get("warnings") or ())

    def succeeded(self, changed: bool = False) -> Mapping[str, Any]:
        """The result of a task that went well."""
        assert not self.failed, f"{self.name}: {self.result.get('msg')}"
        assert self.result["changed"] is changed, f"{self.name}: changed is {self.result['changed']}"
        return self.result

    def refused(self, *words: str) -> None:
        """Bad input: one line that holds these words, and nothing was sent."""
        message = self._message(*words)
        assert self.result["failure"]["kind"] == "input", f"{self.name}: {self.result['failure']}"
        assert set(self.result["failure"]) == FAILURE_KEYS, f"{self.name}: {sorted(self.result['failure'])}"
        assert not self.ledger, f"{self.name}: {len(self.ledger)} requests were sent: {message}"

    def failed_as(self, kind: str, *words: str, **facts: Any) -> Mapping[str, Any]:
        """The failure dictionary: of this kind, of the stable shape, with these facts; the message holds the words."""
        self._message(*words)
        failure: Mapping[str, Any] = self.result["failure"]
        assert failure["kind"] == kind, f"{self.name}: {failure['kind']}: {self.result['msg']}"
        assert set(failure) == FAILURE_KEYS, f"{self.name}: {sorted(failure)}"
        assert {key: failure[key] for key in facts} == facts, f"{self.name}: {failure}"
        assert failure["requests"] >= len(self.ledger), f"{self.name}: {failure['requests']} requests"
        assert failure["elapsed"] >= 0
        return failure

    def _message(self, *words: str) -> str:
        message = self.result.get("msg", "")
        assert self.failed, f"{self.name}: did not fail"
        assert message.isprintable(), f"{self.name}: not one printable line: {message!r}"
        assert len(message) <= 1001, f"{self.name}: {len(message)} characters"
        missing = [word for word in words if word not in message]
        assert not missing, f"{self.name}: {missing} not in {message!r}"
        return str(message)


class Run(dict[str, Done]):
    """The cases of a play by name. output: what a terminal would have shown."""

    output: str = ""


class Ansible:
    """The real ansible-playbook and ansible, with a home of their own and the simulator in their environment."""

    def __init__(self, simulator: Simulator, directory: Path) -> None:
        self.simulator = simulator
        self.control = simulator.control
        self.directory = directory
        self.in_controller = True
        self._runs = 0
        self._state = directory / "state"
        self.inventory = directory / "inventory.json"
        python = os.environ.get("SAFEHOLD_MODULE_PYTHON", sys.executable)
        localhost = {"ansible_connection": "local", "ansible_python_interpreter": python}
        self.inventory.write_text(json.dumps({"all": {"hosts": {"localhost": localhost}}}), encoding="utf-8")

    @property
    def connection(self) -> dict[str, str]:
        """The connection options of both back ends, as environment variables."""
        return surroundings.connection(self.simulator)

    @property
    def secrets(self) -> dict[str, Any]:
        """Variables that plays find in a file: the connection, as somebody would keep it in a vault."""
        svt, acronis = self.simulator.simplivity, self.simulator.acronis
        return {
            "svt_host": svt["host"],
            "svt_port": svt["port"],
            "svt_username": svt["username"],
            "svt_password": svt["password"],
            "acronis_datacenter_url": acronis["datacenter_url"],
            "acronis_client_id": acronis["client_id"],
            "acronis_client_secret": acronis["client_secret"],
            "simulator_ca_path": self.simulator.ca_path,
        }

    def begin_anew(self) -> None:
        """The simulator as at its start; so what an earlier run submitted is not under way, and not remembered."""
        self.control.reset()
        self._state = self.directory / f"state-{time.monotonic_ns()}"

    def play(
        self,
        cases: Mapping[str, Case],
        *,
        each_fresh: bool = False,
        connection: bool = True,
        defaults: Mapping[str, Any] | None = None,
        shows_tokens: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> Run:
        """Runs the cases one after the other, on a simulator that is as at its start.

        each_fresh: it is so again before each case. connection: the connection options are in the environment.
        defaults: of module_defaults. shows_tokens: whether a case returns a token without no_log.
        """
        tasks = [case.as_task(name) for name, case in cases.items()]
        self.begin_anew()
        plan = {name: self._prepared(case, each_fresh) for name, case in cases.items()}
        run = self.run_tasks(tasks, plan, connection, defaults, environment)
        self._scan(run, shows_tokens)
        for name, case in cases.items():
            if not case.module.endswith("_token"):
                _assert_sessions_ended(run[name])
        return run

    def run_tasks(
        self,
        tasks: Sequence[Mapping[str, Any]],
        plan: Mapping[str, Any],
        connection: bool = True,
        defaults: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Run:
        """Runs these tasks as they are. plan: calls of the control API before the task of a name."""
        self._runs += 1
        here = self.directory / f"run-{self._runs}"
        here.mkdir()
        record = here / "record.jsonl"
        (here / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        (here / "secrets.json").write_text(json.dumps(self.secrets), encoding="utf-8")
        playbook = [{"name": "Cases", "hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}]
        if defaults:
            playbook[0]["module_defaults"] = defaults
        (here / "playbook.json").write_text(json.dumps(playbook), encoding="utf-8")
        extra = {
            "ANSIBLE_CALLBACK_PLUGINS": str(_CALLBACKS),
            "ANSIBLE_CALLBACKS_ENABLED": "case_recorder",
            "CASE_RECORD": str(record),
            "CASE_PLAN": str(here / "plan.json"),
            "CASE_CONTROL_URL": self.simulator.announcement["control_url"],
            **(environment or {}),
        }
        done = self.command(
            ["playbook", "-vvv", "-e", f"@{here / 'secrets.json'}", str(here / "playbook.json")], extra, connection
        )
        run = Run()
        run.output = done.stdout + done.stderr
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
        for entry in map(json.loads, lines):
            assert "broken" not in entry, entry
            run[entry["name"]] = Done(**entry)
        missing = [task["name"] for task in tasks if task["name"] not in run]
        last = list(run.values())[-1].result.get("msg") if run else None
        assert not missing, f"no result of {missing}; the last task said {last!r}\n{run.output[-3000:]}"
        return run

    def command(
        self, arguments: Sequence[str], environment: Mapping[str, str] | None = None, connection: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """`python -m ansible …`: arguments[0] is adhoc, playbook, config or doc."""
        inventory = [] if arguments[0] in ("config", "doc") else ["-i", str(self.inventory)]
        return subprocess.run(
            [sys.executable, "-m", "ansible", arguments[0], *inventory, *arguments[1:]],
            env=self.environment(environment, connection),
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )

    def environment(self, more: Mapping[str, str] | None = None, connection: bool = True) -> dict[str, str]:
        """The environment of Ansible: a home of its own, and nothing of the user's."""
        return {
            **surroundings.environment(self.directory / "home"),
            "XDG_STATE_HOME": str(self._state),
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_RETRY_FILES_ENABLED": "false",
            **({} if self.in_controller else AS_PROCESS),
            **(self.connection if connection else {}),
            **(more or {}),
        }

    def adhoc(
        self, module: str, options: Mapping[str, Any], *flags: str, connection: bool = True
    ) -> tuple[int, dict[str, Any], str]:
        """`ansible localhost -m …`: exit code, result, and the whole output."""
        command = ["adhoc", "localhost", "-m", f"{COLLECTION}.{module}", "-a", json.dumps(options), *flags]
        done = self.command(command, connection=connection)
        output = done.stdout + done.stderr
        self.scan(output, self.issued_tokens())
        start = done.stdout.find("{", done.stdout.find("localhost | "))
        assert start >= 0, output
        result, _end = json.JSONDecoder().raw_decode(done.stdout[start:])
        return done.returncode, result, output

    def issued_tokens(self) -> list[str]:
        """Every token that the simulator gave out since its reset."""
        return [token for api in self.control.state().values() for token in api["tokens"]]

    def scan(self, text: str, tokens: Sequence[str] = ()) -> None:
        """Asserts that no secret, plain or as it travels, stands in the text."""
        password, secret = self.simulator.simplivity["password"], self.simulator.acronis["client_secret"]
        pair = f"{self.simulator.acronis['client_id']}:{secret}"
        forms = {password, secret, base64.b64encode(pair.encode()).decode().rstrip("="), *tokens}
        for form in sorted(forms | {quote(form, safe="") for form in forms}):
            assert form not in text, "a secret was printed or returned"

    def _prepared(self, case: Case, fresh: bool) -> list[tuple[str, str, Any]]:
        plan = _Plan()
        if fresh:
            plan.reset()
        if case.before is not None:
            case.before(plan)
        return plan.calls

    def _scan(self, run: Run, shows_tokens: bool) -> None:
        tokens = [token for done in run.values() for api in done.state.values() for token in api["tokens"]]
        self.scan(run.output, () if shows_tokens else tokens)
        if not shows_tokens:
            self.scan(json.dumps([done.result for done in run.values()], ensure_ascii=False), tokens)


def _assert_sessions_ended(done: Done) -> None:
    """A module ends every session that it opened, also when it fails."""
    for login, logout in (("/oauth/token", "/oauth/revoke"), ("/idp/token", "/idp/revoke_token")):
        opened = [one for one in done.requests("POST", login) if one["status"] == 200 and not one["fault"]]
        ended = done.requests(path=logout)
        assert len(opened) <= len(ended), f"{done.name}: {len(opened)} sessions opened, {len(ended)} ended"
