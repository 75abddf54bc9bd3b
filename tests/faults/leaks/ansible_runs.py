# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real Ansible, of any release, with everything that it leaves behind below one directory.

What is handed to a run lies in its directory `given`, what comes of it in `out`: home, temporary files, log, output.
So a scan for secrets reads all of `out` and needs no list of places.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.harness.cores import Core
from integration.modules.harness import runs, surroundings
from integration.modules.harness.ways import AS_PROCESS
from simulator.process import Simulator

COLLECTION = runs.COLLECTION
SECONDS = 900
CALLBACKS = Path(runs.__file__).parent / "callback"


@dataclass(frozen=True)
class Given:
    """A run that is ready to be started."""

    command: Sequence[str]
    environment: Mapping[str, str]
    out: Path
    record: Path


@dataclass(frozen=True)
class Ran:
    """A run that ended. tasks: what became of them, by name; empty without the recorder."""

    code: int
    output: str
    out: Path
    tasks: Mapping[str, runs.Done] = field(default_factory=dict)

    def texts(self) -> dict[str, str]:
        """Everything that came out, by its place: files, their names, and the results before they were printed."""
        found = {str(path.relative_to(self.out)): _read(path) for path in self.out.rglob("*") if path.is_file()}
        found["names of files"] = "\n".join(found)
        found["results"] = json.dumps([done.result for done in self.tasks.values()], ensure_ascii=False)
        return found


class AnsibleRuns:
    """ansible-playbook and ansible of one core, below one directory, a numbered part of it for each run."""

    def __init__(
        self,
        core: Core,
        simulator: Simulator,
        directory: Path,
        collections: Path | None = None,
        in_controller: bool = True,
    ) -> None:
        self.core = core
        self.simulator = simulator
        self.in_controller = in_controller
        self.collections = str(collections or os.environ["ANSIBLE_COLLECTIONS_PATH"])
        self._directory = directory
        self._number = 0

    def place(self) -> dict[str, Any]:
        """Where both back ends are, as options; no secret among them."""
        svt, acronis, ca = self.simulator.simplivity, self.simulator.acronis, self.simulator.ca_path
        return {
            "simplivity": {"host": svt["host"], "port": svt["port"], "username": svt["username"], "ca_path": ca},
            "acronis": {
                "datacenter_url": acronis["datacenter_url"],
                "client_id": acronis["client_id"],
                "ca_path": ca,
            },
        }

    def place_variables(self) -> dict[str, str]:
        """Where both back ends are, as environment variables."""
        return surroundings.places(self.simulator)

    def play(self, tasks: Sequence[Mapping[str, Any]], **options: Any) -> Ran:
        """Runs the tasks as a playbook; see `ready_play` for the options."""
        return self.finish(self.ready_play(tasks, **options))

    def ready_play(
        self,
        tasks: Sequence[Mapping[str, Any]],
        *,
        plan: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
        verbosity: int = 0,
        environment: Mapping[str, str] | None = None,
        hosts: Mapping[str, Mapping[str, Any]] | None = None,
        keywords: Mapping[str, Any] | None = None,
        flags: Sequence[str] = (),
    ) -> Given:
        """A playbook that is ready to be started.

        plan: calls of the control API before the task of a name; without one nothing is recorded. variables: in a
        file that is handed over. keywords: of the play.
        """
        given, out = self._directories()
        play = {"name": "Play", "hosts": "all", "gather_facts": False, **(keywords or {}), "tasks": list(tasks)}
        playbook = _written(given / "playbook.json", [play])
        inventory = _written(given / "inventory.json", {"all": {"hosts": self._hosts(hosts)}})
        secrets = _written(given / "variables.json", dict(variables or {}))
        command = ["playbook", "-i", inventory, "-e", f"@{secrets}", *_verbose(verbosity), *flags, playbook]
        record = given / "record.jsonl"
        recorder = {}
        if plan is not None:
            recorder = {
                "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
                "ANSIBLE_CALLBACKS_ENABLED": "case_recorder",
                "CASE_RECORD": str(record),
                "CASE_PLAN": _written(given / "plan.json", dict(plan)),
                "CASE_CONTROL_URL": self.simulator.announcement["control_url"],
            }
        return self._given(command, out, record, {**recorder, **(environment or {})})

    def adhoc(
        self,
        module: str,
        options: Mapping[str, Any],
        *,
        variables: Mapping[str, Any] | None = None,
        verbosity: int = 0,
        environment: Mapping[str, str] | None = None,
        flags: Sequence[str] = (),
    ) -> Ran:
        """`ansible localhost -m …`."""
        given, out = self._directories()
        inventory = _written(given / "inventory.json", {"all": {"hosts": self._hosts(None)}})
        secrets = _written(given / "variables.json", dict(variables or {}))
        call = ["adhoc", "localhost", "-i", inventory, "-m", f"{COLLECTION}.{module}", "-a", json.dumps(options)]
        command = [*call, "-e", f"@{secrets}", *_verbose(verbosity), *flags]
        return self.finish(self._given(command, out, given / "record.jsonl", environment or {}))

    def start(self, given: Given) -> subprocess.Popen[bytes]:
        """Starts a run in a process group of its own; its output goes to files in `out`."""
        with (given.out / "stdout").open("wb") as stdout, (given.out / "stderr").open("wb") as stderr:
            return subprocess.Popen(
                given.command,
                env=given.environment,
                cwd=given.out,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )

    def finish(self, given: Given, process: subprocess.Popen[bytes] | None = None) -> Ran:
        """The run when it has ended."""
        code = (process or self.start(given)).wait(SECONDS)
        output = _read(given.out / "stdout") + _read(given.out / "stderr")
        lines = given.record.read_text(encoding="utf-8").splitlines() if given.record.exists() else []
        entries = [json.loads(line) for line in lines]
        broken = [entry for entry in entries if "broken" in entry]
        assert not broken, broken
        return Ran(code, output, given.out, {entry["name"]: runs.Done(**entry) for entry in entries})

    def _directories(self) -> tuple[Path, Path]:
        self._number += 1
        here = self._directory / f"run-{self._number}"
        given, out = here / "given", here / "out"
        given.mkdir(parents=True)
        out.mkdir()
        return given, out

    def _hosts(self, hosts: Mapping[str, Mapping[str, Any]] | None) -> dict[str, Any]:
        local = {"ansible_connection": "local", "ansible_python_interpreter": str(self.core.python)}
        return {name: {**local, **more} for name, more in (hosts or {"localhost": {}}).items()}

    def _given(self, arguments: Sequence[str], out: Path, record: Path, environment: Mapping[str, str]) -> Given:
        given = {
            **surroundings.environment(out / "home"),
            "ANSIBLE_COLLECTIONS_PATH": self.collections,
            "ANSIBLE_LOG_PATH": str(out / "log"),
            "ANSIBLE_LOCAL_TEMP": str(out / "local_tmp"),
            "ANSIBLE_REMOTE_TEMP": str(out / "remote_tmp"),
            "ANSIBLE_ASYNC_DIR": str(out / "async"),
            "ANSIBLE_RETRY_FILES_ENABLED": "true",
            "ANSIBLE_RETRY_FILES_SAVE_PATH": str(out / "retry"),
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(out / "facts"),
            **({} if self.in_controller else AS_PROCESS),
        }
        command = [str(self.core.python), "-m", "ansible", *arguments]
        return Given(command, {**given, **environment}, out, record)


def _verbose(verbosity: int) -> list[str]:
    return ["-" + "v" * verbosity] if verbosity else []


def _written(path: Path, content: Any) -> str:
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")
