# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator that all contestants of a scenario meet, and the contestants on it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import payload
import workspace
from measure import Contestant, Figures, WorkNotDone
from simulator.process import Simulator

CONTESTANTS = Path(__file__).resolve().parent / "contestants"
# Of the machine's own surroundings what may reach a contestant: no proxy, no CA file, no setting of an Ansible.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "ANSIBLE_", "XDG_CACHE_HOME")


class Ground:
    """A simulator. Its latency is set by `--latency` or the setting of that name, in seconds for each request."""

    def __init__(self, *arguments: str) -> None:
        self.simulator = Simulator(*arguments)
        self.control = self.simulator.control
        self.environment = {**_surroundings(), **_connection(self.simulator)}

    def __enter__(self) -> Ground:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.simulator.stop()

    def module(
        self, module: str, options: Mapping[str, Any], name: str = "", title: str = "", **rest: Any
    ) -> Contestant:
        """A module as Ansible ships it. name: of its file. title: in the table."""
        shipped = payload.ship(module, options, name)
        rest.setdefault("prepare", self.control.clear_ledger)
        return Contestant(title or module, [str(shipped.path)], self.environment, **rest)

    def script(self, file: str, title: str, environment: Mapping[str, str] | None = None, **rest: Any) -> Contestant:
        """A Python program among the contestants."""
        rest.setdefault("prepare", self.control.clear_ledger)
        return Contestant(title, [str(CONTESTANTS / file)], {**self.environment, **(environment or {})}, **rest)

    def play(
        self, file: Path, title: str, *arguments: str, environment: Mapping[str, str] | None = None, **rest: Any
    ) -> Contestant:
        """A playbook. Its memory is not watched: it is spread over many processes."""
        rest.setdefault("prepare", self.control.clear_ledger)
        command = [str(Path(sys.executable).with_name("ansible-playbook")), str(file), *arguments]
        return Contestant(title, command, {**self.environment, **(environment or {})}, watched=False, **rest)

    def requests(self, api: str = "simplivity") -> int:
        """How many requests came since the ledger was cleared."""
        return len(self.control.requests(api))


def expect(condition: object, what: str) -> None:
    """Raises WorkNotDone unless the condition holds."""
    if not condition:
        raise WorkNotDone(what)


def printed(output: Path) -> Any:
    """The JSON that a contestant printed."""
    try:
        return json.loads(output.read_bytes())
    except ValueError as error:
        raise WorkNotDone(f"what was printed is not JSON: {error}") from error


def counts(ground: Ground, key: str, total: int, api: str = "simplivity") -> Callable[[Path], Figures]:
    """An inspection: so many objects below `key` were printed. The figure is `requests`."""

    def inspect(output: Path) -> Figures:
        found = len(printed(output)[key])
        expect(found == total, f"{found} {key} instead of {total}")
        return {"requests": ground.requests(api)}

    return inspect


def _surroundings() -> dict[str, str]:
    return {name: value for name, value in workspace.environment().items() if name.startswith(_KEPT)}


def _connection(simulator: Simulator) -> dict[str, str]:
    """The connection as the modules read it from the environment."""
    simplivity, acronis = simulator.simplivity, simulator.acronis
    return {
        "SVT_HOST": simplivity["host"],
        "SVT_PORT": str(simplivity["port"]),
        "SVT_USERNAME": simplivity["username"],
        "SVT_PASSWORD": simplivity["password"],
        "SVT_CA_PATH": simulator.ca_path,
        "ACRONIS_DATACENTER_URL": acronis["datacenter_url"],
        "ACRONIS_CLIENT_ID": acronis["client_id"],
        "ACRONIS_CLIENT_SECRET": acronis["client_secret"],
        "ACRONIS_CA_PATH": simulator.ca_path,
    }
