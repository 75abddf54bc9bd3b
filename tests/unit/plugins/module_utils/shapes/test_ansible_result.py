# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of a module with long lists: the same as Ansible's own, only quicker."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils import basic
from ansible_collections.safehold.backup.plugins.module_utils._shapes import ansible_result
from ansible_collections.safehold.backup.tests.unit.module_runner import patch_module_args
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | st.sampled_from(["s3cret", "a"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
SECRETS = st.sets(st.sampled_from(["s3cret", "a", "1", "ü\n", '"', "😀", "\\"]) | TEXTS.filter(bool), max_size=3)


def printed(secrets: set[str], end: Callable[[basic.AnsibleModule], Any]) -> str:
    output = io.StringIO()
    with patch_module_args({}), contextlib.redirect_stdout(output):
        module = basic.AnsibleModule(argument_spec={})
        module.no_log_values = set(secrets)
        with pytest.raises(SystemExit) as ended:
            end(module)
    assert not ended.value.code
    return output.getvalue()


@given(result=st.dictionaries(st.sampled_from(["backups", "tasks", "count"]), VALUES), secrets=SECRETS)
def test_k1_prints_what_ansible_prints(result: dict[str, Any], secrets: set[str]) -> None:
    with mock.patch.object(ansible_result, "_OBJECTS_A_PIECE", 2):
        ours = printed(secrets, lambda module: ansible_result.exit_json(module, result))
    theirs = printed(secrets, lambda module: module.exit_json(**result))
    assert json.loads(ours) == json.loads(theirs)


@pytest.mark.parametrize("secret", ["correct horse", 'quo"te', "back\\slash", "ümläut", "😀😀", "a", "12345"])
def test_k1_a_secret_in_a_list_is_masked_as_ansible_masks_it(secret: str) -> None:
    result = {"backups": [{"id": "1", "name": f"before {secret} after", "count": 12345}], "hosts": [], "count": 1}
    output = printed({secret}, lambda module: ansible_result.exit_json(module, result))
    shown = json.loads(output)["backups"][0]
    assert secret not in shown["name"]
    assert secret not in "".join(str(value) for value in shown.values())


def test_a_list_without_a_secret_is_not_copied_by_ansible() -> None:
    result = {"backups": [{"id": str(number), "name": "nightly"} for number in range(3)], "count": 3}
    with mock.patch.object(basic, "remove_values", wraps=basic.remove_values) as masked:
        output = printed({"correct horse"}, lambda module: ansible_result.exit_json(module, result))
    assert json.loads(output)["backups"] == result["backups"]
    ((seen, _secrets), _options) = masked.call_args
    assert isinstance(seen["backups"], str)


def test_a_value_that_json_does_not_know_prints_nothing() -> None:
    output = io.StringIO()
    with patch_module_args({}), contextlib.redirect_stdout(output), pytest.raises(TypeError):
        ansible_result.exit_json(basic.AnsibleModule(argument_spec={}), {"backups": [object()]})
    assert output.getvalue() == ""
