# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of objects that bear every hostile text at once: read exactly, below a key of ours, and carried by Ansible."""

from __future__ import annotations

import json
from typing import Any

import pytest

from faults.harness.running import run
from faults.harness.targets import connection, every_module, options, secrets
from properties.catalogue import MODULES
from simulator.process import Simulator

from .objects import KINDS, Kind
from .texts import all_texts, shown

TEXTS = all_texts("/nowhere/mark")
# Words by which Ansible knows the state of a task, and the types that its own JSON carries.
TASK_WORDS = ("changed", "failed", "skipped", "unreachable", "exception", "invocation", "warnings", "msg", "rc")
RESERVED = ("__ansible_type", "__ansible_unsafe", "__ansible_vault")
ODD: dict[str, Any] = {
    **dict.fromkeys(TASK_WORDS, True),
    "ansible_facts": {"ansible_connection": "ssh"},
    "_ansible_no_log": True,
    "_ansible_verbose_override": True,
    "items": [1],
    "keys": "keys",
    **{name: {name: [{name: "AnsibleUnsafeText"}]} for name in RESERVED},
}
NUMBERS: dict[str, Any] = {
    "float_id": 1.5e300,
    "large": 2**53 + 1,
    "largest": 2**63 - 1,
    "negative_zero": -0.0,
    "numeric_text": "9007199254740993",
}
TIMES = (
    "2016-03-14T01:03:46",
    "2016-03-14T01:03:46+05:45",
    "2016-03-14T01:03:46.123456789Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2016-12-31T23:59:60Z",
    "14/03/2016",
    "NA",
    "",
)

every_list = pytest.mark.parametrize("module", KINDS)


def listed(simulator: Simulator, module: str, **given: Any) -> dict[str, Any]:
    """All objects that a module reads, by their ids."""
    options = {**connection(simulator, module), **given}
    seen = run(module, options, secrets=secrets(simulator, options), limit=60)
    assert not seen.failed, seen.result["msg"]
    assert seen.result["changed"] is False
    assert set(seen.result) <= {"changed", "count", "truncated", "invocation", "warnings", KINDS[module].objects}
    assert all(warning.isprintable() for warning in seen.ran.warnings)
    _assert_ansible_can_carry(seen.result[KINDS[module].objects])
    return {str(one["id"]): one for one in seen.result[KINDS[module].objects]}


def _assert_ansible_can_carry(value: Any) -> None:
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    if isinstance(value, dict):
        assert not [key for key in value if key.startswith(("__ansible", "_ansible"))], value.keys()
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _assert_ansible_can_carry(inner)


@pytest.mark.parametrize("module", [pytest.param(name, id=f"H1-H4-H5-H6-H7-H12-H16-E11-E12-{name}") for name in KINDS])
def test_every_text_in_every_field_is_read_exactly(simulator: Simulator, module: str) -> None:
    kind = KINDS[module]
    many = simulator.control.add_many(kind.api, kind.objects, [kind.bearing(text) for text in TEXTS.values()])
    found = listed(simulator, module)
    for added, text in zip(many, TEXTS.values(), strict=True):
        assert _texts(found[str(added["id"])], kind, text) == {shown(text)}, repr(text)


def _texts(thing: dict[str, Any], kind: Kind, text: str) -> set[str]:
    """What the object bears in all its fields of somebody's."""
    if kind.api == "simplivity":
        return {thing[name] for name in kind.options}
    if kind.objects == "resources":
        names = {thing[name] for name in ("name", "user_defined_name", "tenant_name", "status")}
        return {*names, *thing["plans"], *(one["type"] for one in thing["policies"])}
    (key,) = set(thing["context"]) - {"title"}
    assert key == ("api" + text if text in RESERVED else shown(text))
    ((inner_key, inner),) = thing["context"][key].items()
    assert inner_key == key
    return {
        thing["type"],
        *thing["tags"],
        *inner,
        thing["policy"]["name"],
        thing["resource"]["name"],
        thing["started_by_user"],
        thing["context"]["title"],
        thing["result"]["payload"],
    }


@pytest.mark.parametrize("module", [pytest.param(name, id=f"E5-E13-E14-{name}") for name in KINDS])
def test_keys_that_mean_something_to_ansible_stay_data(simulator: Simulator, module: str) -> None:
    kind = KINDS[module]
    id = str(simulator.control.add(kind.api, kind.objects, **ODD)["id"])
    thing = listed(simulator, module)[id]
    assert {name: thing[name] for name in TASK_WORDS} == dict.fromkeys(TASK_WORDS, True)
    assert thing["ansible_facts"] == ODD["ansible_facts"]
    assert thing["api_ansible_no_log"] is True
    for name in RESERVED:
        assert thing[f"api{name}"] == {f"api{name}": [{f"api{name}": "AnsibleUnsafeText"}]}


@pytest.mark.parametrize("module", [pytest.param(name, id=f"E15-E16-{name}") for name in KINDS])
def test_numbers_keep_every_digit(simulator: Simulator, module: str) -> None:
    kind = KINDS[module]
    given = {"id": 944455285181775873} if kind.api == "acronis" else {}
    id = str(simulator.control.add(kind.api, kind.objects, **given, **NUMBERS)["id"])
    thing = listed(simulator, module)[id]
    assert thing["id"] == id
    assert {name: thing[name] for name in NUMBERS} == NUMBERS
    assert {name: type(thing[name]) for name in NUMBERS} == {name: type(value) for name, value in NUMBERS.items()}
    if kind.api == "acronis":
        assert id == "944455285181775873"
        assert list(listed(simulator, module, id=[id])) == [id]


@pytest.mark.parametrize("module", [pytest.param(name, id=f"E18-{name}") for name in KINDS])
def test_times_of_any_form_pass_through_as_texts(simulator: Simulator, module: str) -> None:
    kind = KINDS[module]
    ids = {str(simulator.control.add(kind.api, kind.objects, some_time=time)["id"]): time for time in TIMES}
    found = listed(simulator, module)
    assert {id: found[id]["some_time"] for id in ids} == ids


@pytest.mark.parametrize("time", [pytest.param(time, id=f"E18-{time or 'empty'}") for time in TIMES])
def test_a_time_of_any_form_does_not_break_a_time_filter(simulator: Simulator, time: str) -> None:
    """The server is not asked to judge it (it ignores the filter), so it is for us: kept, unless surely outside."""
    simulator.control.set("simplivity", ignore_filters=["created_after"])
    id = str(simulator.control.add("simplivity", "backups", created_at=time)["id"])
    found = listed(simulator, "svt_backup_info", created_after="2016-03-14T01:00:00+00:00")
    surely_outside = time in ("0001-01-01T00:00:00Z", "2016-03-14T01:03:46+05:45")
    assert (id in found) is not surely_outside


def test_every_module_that_lists_is_here() -> None:
    assert set(KINDS) == {name for name in MODULES if name.endswith("_info")} - {"svt_task_info"}


@every_module
@pytest.mark.parametrize("text", [pytest.param("a\ud800\x1b[31m\u202e{{ x }}", id="E11-E12-H1-H4-H5")])
def test_a_module_whose_server_is_renamed_to_a_text_still_answers(simulator: Simulator, module: str, text: str) -> None:
    """Keys that nobody expects in every answer of every call, the login's included."""
    hidden = {"__ansible_type": text, text: {text: [text]}, "failed": True, "msg": text}
    given = options(simulator, module)
    api = "simplivity" if module.startswith("svt_") else "acronis"
    simulator.control.fault({"api": api, "times": None, "action": {"mutate": hidden}})
    seen = run(module, given, secrets=() if module.endswith("_token") else secrets(simulator, given), limit=30)
    assert not seen.failed, seen.result["msg"]
    assert "msg" not in seen.result
