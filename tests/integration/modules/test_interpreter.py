# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python that runs a module: one that lacks what the module needs."""

from __future__ import annotations

import venv
from pathlib import Path

import pytest

from integration.modules.harness.runs import FAILURE_KEYS, Ansible


@pytest.mark.parametrize("module", ["svt_backup_info", "acronis_task_info"])
def test_j18_a_python_without_requests_gets_the_remedy(ansible: Ansible, tmp_path: Path, module: str) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    ansible.control.reset()
    python = tmp_path / "bare" / "bin" / "python"
    code, result, output = ansible.adhoc(module, {"limit": 1}, "-e", f"ansible_python_interpreter={python}")
    assert code != 0
    assert "\n" not in result["msg"]
    assert "the Python library requests (2.28.1 or newer) is not there" in result["msg"]
    assert f"{python} -m pip install requests" in result["msg"]
    assert "set ansible_python_interpreter" in result["msg"]
    assert set(result["failure"]) == FAILURE_KEYS
    assert (result["failure"]["kind"], result["failure"]["requests"]) == ("input", 0)
    assert "Traceback" not in output
    assert ansible.control.ledger() == []
