# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a module runs in the controller, and when it is handed over to a process of its own."""

from __future__ import annotations

import re
import venv
from pathlib import Path
from typing import Any

import pytest

from faults.leaks.ansible_runs import AnsibleRuns
from integration.in_controller.conftest import Play

pytestmark = pytest.mark.slow

MODULE = "safehold.backup.svt_backup_info"
READ: dict[str, Any] = {MODULE: {"limit": 1}}
HERE = "in the controller"


def test_where_a_module_runs(play: Play, ansible: AnsibleRuns, tmp_path: Path) -> None:
    python = ansible.core.python
    venv.create(tmp_path / "other", with_pip=False)
    other = str(tmp_path / "other" / "bin" / "python")
    here: dict[str, dict[str, Any]] = {
        "plain": READ,
        "auto": {**READ, "vars": {"ansible_python_interpreter": "auto_silent"}},
        "another link": {**READ, "vars": {"ansible_python_interpreter": str(python.with_name("python3"))}},
        "empty environment": {**READ, "environment": [{}]},
        "delegated": {**READ, "delegate_to": "localhost"},
        "switched on": {**READ, "vars": {"safehold_in_controller": "{{ 'yes' }}"}},
        "defaults": {MODULE: {}, "module_defaults": {MODULE: {"limit": 1}}},
        "defaults of the group": {
            MODULE: {"limit": 1},
            "module_defaults": {"group/safehold.backup.simplivity": {"username": "nobody"}},
        },
        "short name": {"svt_backup_info": {"limit": 1}, "collections": ["safehold.backup"]},
        "templated": {"action": "{{ 'safehold.backup.svt_backup_info' }}", "args": {"limit": 1}},
    }
    there: dict[str, dict[str, Any]] = {
        "switched off": {**READ, "vars": {"safehold_in_controller": False}},
        "environment": {**READ, "environment": {"NO_PROXY": "*"}},
        "async": {**READ, "async": 60, "poll": 1},
        "become": {**READ, "become": True, "become_user": "root"},
        "another Python": {**READ, "vars": {"ansible_python_interpreter": other}},
        "another connection": {**READ, "vars": {"ansible_connection": "ssh", "ansible_host": "192.0.2.1"}},
    }
    if ansible.core.version < (2, 19):
        del here["templated"]  # an older Ansible does not know a templated action
    ran = play({**here, **there}, {"ANSIBLE_TIMEOUT": "1"})
    parts = re.split(r"^TASK \[([^]]*)\].*$", ran.output, flags=re.MULTILINE)
    said = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert [name for name in said if HERE in said[name]] == list(here)
    assert [name for name in said if "> EXEC " in said[name]] == [
        name for name in there if name != "another connection"
    ]
    for name, done in ran.tasks.items():
        expected = {"defaults of the group": True, "another Python": True, "another connection": True}
        if name != "become":  # which another user's Ansible may not be allowed
            assert done.failed is expected.get(name, False), f"{name}: {done.result}"
    assert ran.tasks["defaults of the group"]["failure"]["kind"] == "auth"
    assert "is not there for" in ran.tasks["another Python"]["msg"]
    assert ran.tasks["defaults"]["count"] > len(ran.tasks["defaults"]["backups"]) == 1


def test_a_switch_that_is_none(play: Play) -> None:
    ran = play({"read": {**READ, "vars": {"safehold_in_controller": "perhaps"}}})
    assert "safehold_in_controller: is neither true nor false" in ran.tasks["read"]["msg"]
    assert HERE not in ran.output


@pytest.mark.parametrize(
    ("library", "said"), [("raise ImportError", "is not there for"), ("raise OSError('broken')", "broken")]
)
def test_without_requests_another_python_may_have_it(play: Play, tmp_path: Path, library: str, said: str) -> None:
    """What is wrong with the library is a failure of the task, and no more."""
    (tmp_path / "requests.py").write_text(library, encoding="ascii")
    ran = play({"read": READ}, {"PYTHONPATH": str(tmp_path)})
    assert ran.tasks["read"].failed and said in str(ran.tasks["read"].result)
    assert ran.code == 0 and HERE not in ran.output and "> EXEC " in ran.output


def test_a_library_that_warns_does_not_speak_in_the_play(play: Play, tmp_path: Path) -> None:
    (tmp_path / "requests.py").write_text(
        "import sys, warnings\n"
        "warnings.warn('chardet is too new')\n"
        f"sys.path.remove({str(tmp_path)!r})\n"
        "del sys.modules['requests']\n"
        "import requests\n",
        encoding="ascii",
    )
    ran = play({"read": READ}, {"PYTHONPATH": str(tmp_path)})
    assert HERE in ran.output and not ran.tasks["read"].failed
    assert "too new" not in ran.output


@pytest.mark.parametrize(
    "environment",
    [{"ANSIBLE_SAFEHOLD_IN_CONTROLLER": "false"}, {"ANSIBLE_KEEP_REMOTE_FILES": "true"}, {"ANSIBLE_BECOME": "true"}],
    ids=lambda environment: next(iter(environment)),
)
def test_a_setting_of_the_run_hands_over(play: Play, environment: dict[str, str]) -> None:
    ran = play({"read": READ}, environment)
    assert HERE not in ran.output and "> EXEC " in ran.output
