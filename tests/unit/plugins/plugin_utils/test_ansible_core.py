# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In processes of their own: what imports the controller's side makes a controller of the process."""

from __future__ import annotations

import subprocess
import sys

import pytest

MODULE = "ansible_collections.safehold.backup.plugins.plugin_utils._ansible_core"


@pytest.mark.parametrize(
    ("lost", "known"),
    [
        ("", True),
        ("del basic._ANSIBLE_ARGS", False),
        ("del warnings._global_warnings", False),
        ("del ActionBase._configure_module", False),
        # what is there, and takes something else
        ("json.AnsibleJSONEncoder = json.get_module_encoder = int", False),
    ],
)
def test_what_is_not_as_expected_is_seen(lost: str, known: bool) -> None:
    program = f"""
import sys
sys.path[:] = {sys.path!r}
from ansible.module_utils import basic
from ansible.module_utils.common import json, warnings
from ansible.plugins.action import ActionBase
{lost}
from {MODULE} import IS_KNOWN
print(IS_KNOWN)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False)
    assert done.stdout == f"{known}\n", done.stderr
