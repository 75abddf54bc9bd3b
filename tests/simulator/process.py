# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests: starts the simulator as a process of its own and speaks with its control API.

Only the standard library is used here, so that any test environment can import it::

    with Simulator("--task-seconds", "0.2") as simulator:
        simulator.simplivity["port"], simulator.ca_path
        simulator.control.fault({"path": "/rename", "action": {"reset": True}, "when": "after", "times": 1})
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlsplit

PROGRAM = Path(__file__).resolve().parent
EXIT_SECONDS = 5.0
KEPT_SECONDS = 0.5  # the server ends connections that are idle for some seconds, some of them for one


class ControlError(Exception):
    """The control API refused something."""


class Control:
    """The control API, a method for each call (README.md)."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).netloc
        self._local = threading.local()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Any call."""
        data = None if body is None else json.dumps(body).encode()
        try:
            answer, content = self._exchange(self._connection(), method, path, data)
        except (http.client.RemoteDisconnected, ConnectionError):
            # a stall between the look at the time and the request: what was closed unread was not done
            answer, content = self._exchange(self._new_connection(), method, path, data)
        if answer.status >= 400:
            raise ControlError(f"{method} {path}: {answer.status} {content.decode('utf-8', 'replace')}")
        self._local.used = time.monotonic()
        return json.loads(content)

    def _exchange(
        self, connection: http.client.HTTPConnection, method: str, path: str, data: bytes | None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        try:
            connection.request(method, path, data, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer, answer.read()
        except BaseException:
            connection.close()
            raise

    def _connection(self) -> http.client.HTTPConnection:
        """A connection for each thread of each process, kept while it is surely open at the other end: most calls are
        one of many."""
        idle = time.monotonic() - getattr(self._local, "used", 0.0)
        if idle > KEPT_SECONDS or self._local.process != os.getpid():
            return self._new_connection()
        connection: http.client.HTTPConnection = self._local.connection
        return connection

    def _new_connection(self) -> http.client.HTTPConnection:
        if hasattr(self._local, "connection"):
            self._local.connection.close()
        # whatever proxy the environment names is not for the loopback interface, and http.client asks none
        connection = self._local.connection = http.client.HTTPConnection(self._address, timeout=60)
        self._local.process = os.getpid()
        return connection

    def ledger(self, since: int = 0) -> list[dict[str, Any]]:
        """Every request of both APIs, after number ``since``."""
        return self.call("GET", f"/ledger?since={since}")

    def requests(self, api: str | None = None, method: str | None = None, path: str = "") -> list[dict[str, Any]]:
        """The ledger's entries of an API, a method, with a text in the path."""
        return [
            entry
            for entry in self.ledger()
            if api in (None, entry["api"]) and method in (None, entry["method"]) and path in entry["path"]
        ]

    def clear_ledger(self) -> None:
        """Forgets requests and changes."""
        self.call("DELETE", "/ledger")

    def changes(self) -> list[dict[str, Any]]:
        """Changes of state that the APIs accepted."""
        return self.call("GET", "/changes")

    def reset(self) -> None:
        """Back to the start, settings, clock and tokens included."""
        self.call("POST", "/reset")

    def settings(self) -> dict[str, dict[str, Any]]:
        """All settings."""
        return self.call("GET", "/settings")

    def set(self, api: str, **changes: Any) -> dict[str, dict[str, Any]]:
        """Changes settings of an API."""
        return self.call("POST", "/settings", {api: changes})

    def fill(self, **totals: int) -> dict[str, Any]:
        """Fills up to so many ``backups``, ``tasks``, ``activities``."""
        return self.call("POST", "/fill", totals)

    def clock(self) -> dict[str, Any]:
        """The simulator's time: monotonic, unix, wall, speed; held: numbers of requests whose answer is held back."""
        return self.call("GET", "/clock")

    def advance(self, seconds: float) -> dict[str, Any]:
        """Pushes the clock forward."""
        return self.call("POST", "/clock", {"advance": seconds})

    def faults(self) -> list[dict[str, Any]]:
        """All rules with their hits."""
        return self.call("GET", "/faults")

    def fault(self, *rules: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Adds rules."""
        return self.call("POST", "/faults", list(rules))

    def clear_faults(self, name: str | None = None) -> None:
        """Removes all rules, or those of a name."""
        self.call("DELETE", "/faults" + (f"?name={quote(name)}" if name else ""))

    def state(self) -> dict[str, dict[str, Any]]:
        """Counts of objects, sessions, logins, revokes; all tokens issued."""
        return self.call("GET", "/state")

    def objects(self, api: str, kind: str) -> list[dict[str, Any]]:
        """All objects of a kind."""
        return self.call("GET", f"/objects/{api}/{kind}")

    def object(self, api: str, kind: str, key: str | int) -> dict[str, Any]:
        """One object."""
        return self.call("GET", self._path(api, kind, key))

    def add(self, api: str, kind: str, **fields: Any) -> dict[str, Any]:
        """Adds an object; what is not given has sensible values."""
        return self.call("POST", f"/objects/{api}/{kind}", fields)

    def add_many(self, api: str, kind: str, many: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Adds objects."""
        return self.call("POST", f"/objects/{api}/{kind}", list(many))

    def patch(self, api: str, kind: str, key: str | int, **fields: Any) -> dict[str, Any]:
        """Sets fields of an object."""
        return self.call("PATCH", self._path(api, kind, key), fields)

    def unset(self, api: str, kind: str, key: str | int, *fields: str) -> dict[str, Any]:
        """Takes fields away from an object."""
        return self.call("PATCH", self._path(api, kind, key), {"$unset": fields})

    def delete(self, api: str, kind: str, key: str | int) -> None:
        """Takes an object out."""
        self.call("DELETE", self._path(api, kind, key))

    def expire_tokens(self, api: str | None = None, kind: str = "idle") -> int:
        """Ends all open sessions: by idleness, by age, or as unknown to the server."""
        return self.call("POST", "/expire_tokens", {"api": api, "kind": kind})["expired"]

    def shutdown(self) -> None:
        """Ends the simulator."""
        self.call("POST", "/shutdown")

    @staticmethod
    def _path(api: str, kind: str, key: str | int) -> str:
        return f"/objects/{api}/{kind}/{quote(str(key), safe='')}"


class Simulator:
    """A running simulator; ends with the test process even when that is killed."""

    def __init__(self, *arguments: str, python: str = sys.executable, cwd: Path | None = None) -> None:
        self._process = subprocess.Popen(
            [python, str(PROGRAM), "--exit-with-stdin", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=cwd,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise RuntimeError(f"the simulator did not start (exit code {self._process.returncode})")
        self.announcement: dict[str, Any] = json.loads(line)
        self.simplivity: dict[str, Any] = self.announcement["simplivity"]
        self.acronis: dict[str, Any] = self.announcement["acronis"]
        self.ca_path: str = self.announcement["ca_path"]
        self.control = Control(self.announcement["control_url"])

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def simplivity_url(self) -> str:
        """Base of the SimpliVity API."""
        return f"https://{self.simplivity['host']}:{self.simplivity['port']}/api"

    @property
    def acronis_url(self) -> str:
        """The data centre's URL."""
        return self.acronis["datacenter_url"]

    def stop(self) -> int | None:
        """Ends the process: asked first, killed if it does not listen."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            return self._process.wait(EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def __enter__(self) -> Simulator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
