# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real plays, of the checkout's ansible-core or of the oldest, and what a terminal would have shown of them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from faults.harness.cores import Core
from faults.harness.scanner import assert_nothing_leaked
from integration.modules.harness import surroundings
from simulator.process import Simulator

SECONDS = 900
# What moves a cursor, rings or colours; the tab and the line feed are Ansible's own. Data that is shown is shown by
# Ansible, which escapes these and leaves DEL, C1 and bidi characters; messages of ours hold none of them either.
RAW_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")


class Played(NamedTuple):
    """How a play ended. directory: where it may write files; what it kept there is read by `kept`."""

    code: int
    output: str
    directory: Path

    def kept(self, name: str) -> Any:
        """A file of JSON that the play wrote."""
        return json.loads((self.directory / name).read_text(encoding="utf-8"))

    def assert_unforged(self) -> None:
        """The terminal shows lines of Ansible's own, and nothing that acts on it."""
        found = RAW_CONTROL.search(self.output)
        assert found is None, repr(self.output[max(0, found.start() - 200) : found.end() + 50])
        recaps = re.findall("^PLAY RECAP", self.output, re.MULTILINE)
        assert len(recaps) == 1, f"{len(recaps)} lines begin with PLAY RECAP"
        assert not re.search("^localhost : ok=9 changed=0", self.output, re.MULTILINE)


def keep(name: str, expression: str) -> dict[str, Any]:
    """A task that writes the value of an expression to a file of JSON."""
    return {
        "name": f"Keep {name}",
        "ansible.builtin.copy": {"content": "{{ " + expression + " | to_json }}", "dest": f"{{{{ here }}}}/{name}"},
        "check_mode": False,
        "diff": False,
    }


def role(**variables: Any) -> dict[str, Any]:
    """A task that runs the role svt_rename_backups with these variables, without their prefix."""
    return {
        "name": "Run the role",
        "ansible.builtin.include_role": {"name": "safehold.backup.svt_rename_backups"},
        "vars": {f"svt_rename_backups_{name}": value for name, value in variables.items()},
    }


def play(
    core: Core,
    simulator: Simulator,
    directory: Path,
    tasks: Sequence[Mapping[str, Any]],
    *flags: str,
    environment: Mapping[str, str] | None = None,
) -> Played:
    """Runs the tasks; `here` is the directory. Asserts that no secret was shown."""
    directory.mkdir(parents=True, exist_ok=True)
    localhost = {"ansible_connection": "local", "ansible_python_interpreter": str(core.python)}
    files = {
        "inventory.json": {"all": {"hosts": {"localhost": localhost}}},
        "play.json": [{"name": "Play", "hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}],
        "here.json": {"here": str(directory)},
    }
    for name, content in files.items():
        (directory / name).write_text(json.dumps(content), encoding="utf-8")
    done = subprocess.run(
        [
            *(str(core.python), "-m", "ansible", "playbook", "-i", str(directory / "inventory.json")),
            *("-e", f"@{directory / 'here.json'}", *flags, str(directory / "play.json")),
        ],
        env={
            **surroundings.environment(directory / "home"),
            "ANSIBLE_PIPELINING": "true",
            **surroundings.connection(simulator),
            **(environment or {}),
        },
        cwd=directory,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    output = (done.stdout + done.stderr).decode("utf-8", "surrogateescape")
    tokens = [token for api in simulator.control.state().values() for token in api["tokens"]]
    assert_nothing_leaked(output, [simulator.simplivity["password"], simulator.acronis["client_secret"], *tokens])
    return Played(done.returncode, output, directory)
