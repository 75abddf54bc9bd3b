# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every EXAMPLE of every module is executed, in order, as one play; what comes back is what RETURN says.

Each task runs twice: in check mode and then for real, so that both see the same simulator. The connection options of
the examples lead to hosts that nobody has; exactly these are replaced (worlds.py). Variables such as svt_password are
given, and the port comes from the environment, as the examples leave it at its default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from integration.modules.harness.runs import FAILURE_KEYS, Ansible, Done
from properties import worlds
from properties.catalogue import COLLECTION, every_module

CHECK = " (check mode)"
BROKEN = "with a wrong password"
# What Ansible itself adds to a result.
COMMON = {"changed", "failed", "msg", "invocation", "warnings", "deprecations", "diff", "exception", "censored"}
TYPES = {"str": str, "int": int, "bool": bool, "dict": dict, "list": list, "float": (int, float)}


@pytest.mark.slow
@every_module
def test_examples(module: str, documented: Mapping[str, Any], ansible: Ansible) -> None:
    examples = yaml.safe_load(documented["examples"])
    assert examples and all(isinstance(one, dict) and one.get("name") for one in examples)
    assert any(f"{COLLECTION}.{module}" in one for one in examples)
    tasks = [dict(_here(one, ansible)) for one in examples]
    more = [
        {"name": name, f"{COLLECTION}.{module}": options, "ignore_errors": True}
        for name, options in worlds.MORE.get(module, {}).items()
    ]
    own = [task for task in tasks if f"{COLLECTION}.{module}" in task]
    broken = {**own[0], "name": BROKEN, "ignore_errors": True, "no_log": False}
    broken.pop("register", None)
    worlds.WORLDS.get(module, lambda control: None)(ansible.control)
    lock_out = [["POST", "/settings", {"simplivity": {"password": "x"}, "acronis": {"client_secret": "x"}}]]
    twins = [twin for task in tasks for twin in _twins(task)]
    run = ansible.run_tasks([*twins, *more, broken], {BROKEN: lock_out})

    ansible.scan(run.output)
    for task in tasks:
        _ran_well(run[task["name"]], run[task["name"] + CHECK])
    names = [*(one["name"] for one in own), *(one["name"] for one in more), BROKEN]
    options = {task["name"]: task[f"{COLLECTION}.{module}"] for task in [*own, *more, broken]}
    _returns_what_is_documented(module, documented["return"], {name: run[name] for name in names}, options)


def _here(example: Mapping[str, Any], ansible: Ansible) -> Iterator[tuple[str, Any]]:
    """An example whose connection options lead to the simulator; nothing else is touched."""
    places = {
        "host": (worlds.EXAMPLE_HOST, ansible.simulator.simplivity["host"]),
        "datacenter_url": (worlds.EXAMPLE_DATACENTER, ansible.simulator.acronis["datacenter_url"]),
        "ca_path": (worlds.EXAMPLE_CA, ansible.simulator.ca_path),
    }
    for key, value in example.items():
        if key.startswith(f"{COLLECTION}."):
            for option, (written, here) in places.items():
                if option in value:
                    assert value[option] == written, f"{example['name']}: {option} is {value[option]}"
                    value = {**value, option: here}
        yield key, value


def _twins(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    in_check_mode = {key: value for key, value in task.items() if key != "register"}
    in_check_mode.update(name=task["name"] + CHECK, check_mode=True, diff=True)
    return [in_check_mode, {**task, "diff": True}]


def _ran_well(done: Done, predicted: Done) -> None:
    """No failure, no warning; in check mode no write, the same `changed` and the same diff."""
    for one in (done, predicted):
        assert not one.failed, f"{one.name}: {one.result.get('msg')}"
        assert not one.warnings, f"{one.name}: {one.warnings}"
    assert not predicted.writes, f"{predicted.name}: {[(one['method'], one['path']) for one in predicted.writes]}"
    assert predicted["changed"] == done["changed"], done.name
    assert predicted.result.get("diff") == done.result.get("diff"), done.name


def _returns_what_is_documented(
    module: str, documented: Mapping[str, Any], run: Mapping[str, Done], options: Mapping[str, Mapping[str, Any]]
) -> None:
    returned: set[str] = set()
    inside: dict[str, set[str]] = {}
    assert run[BROKEN].failed
    assert set(run[BROKEN]["failure"]) == FAILURE_KEYS
    for done in run.values():
        if "censored" in done.result:
            continue
        keys = {key for key in done.result if key not in COMMON and not key.startswith("_ansible")}
        assert keys <= set(documented), f"{done.name}: RETURN lacks {keys - set(documented)}"
        due = {
            key for key, value in documented.items() if value["returned"] == ("failure" if done.failed else "success")
        }
        assert due <= keys, f"{done.name}: did not return {due - keys}"
        returned |= keys
        for key in keys:
            _is_as_documented(f"{done.name}: {key}", done[key], documented[key])
            for number, element in enumerate(_elements(done[key], documented[key])):
                inside.setdefault(key, set()).update(element)
                contains = documented[key]["contains"]
                for name, value in contains.items():
                    where = f"{done.name}: {key}[{number}].{name}"
                    if name in element:
                        _is_as_documented(where, element[name], value)
                    elif value["returned"] == "always" and not options[done.name].get("fields"):
                        pytest.fail(f"{where} is always returned, says RETURN")
    assert returned == set(documented), f"never returned: {set(documented) - returned}"
    for key, found in inside.items():
        promised = set(documented[key]["contains"])
        assert promised <= found, f"{key}: never returned: {promised - found}"
        assert found == promised, f"{key}: RETURN lacks {found - promised}"


def _elements(value: Any, documented: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if not documented.get("contains"):
        return []
    return value if isinstance(value, list) else [value]


def _is_as_documented(where: str, value: Any, documented: Mapping[str, Any]) -> None:
    if value is None:  # an object without that property
        return
    wanted = TYPES[documented["type"]]
    right = isinstance(value, wanted) and (documented["type"] == "bool" or not isinstance(value, bool))
    assert right, f"{where} is {value!r}, says RETURN {documented['type']}"
    if documented["type"] == "list":
        for element in value:
            assert isinstance(element, TYPES[documented["elements"]]), f"{where} holds {element!r}"
