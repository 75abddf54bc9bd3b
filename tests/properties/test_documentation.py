# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation says what the code does: options, attributes, secrets, environment variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.safehold.backup.plugins.module_utils._shapes.ansible_options import from_environment

from integration.modules.harness.runs import FAILURE_KEYS
from properties.catalogue import COLLECTION, every_module, group_of

ATTRIBUTES = {"action", "check_mode", "diff_mode", "idempotent", "action_group"}
SECRET = re.compile(r"password|secret|token|key", re.IGNORECASE)
CERTAINLY_SECRET = re.compile(r"password|secret|token", re.IGNORECASE)


@every_module
def test_options_are_those_of_the_argument_spec(documented: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    assert described(documented["doc"]["options"]) == specified(spec["argument_spec"])


def described(options: Mapping[str, Any]) -> dict[str, Any]:
    """What the documentation says of options."""
    return {
        name: {
            "type": option.get("type", "str"),
            "elements": option.get("elements"),
            "choices": option.get("choices"),
            "default": option.get("default"),
            "required": option.get("required", False),
            "aliases": sorted(option.get("aliases", [])),
            "suboptions": described(option["suboptions"]) if "suboptions" in option else None,
        }
        for name, option in options.items()
    }


def specified(options: Mapping[str, Any]) -> dict[str, Any]:
    """The same of an argument spec. An option with a fall-back is required by the spec all the same."""
    return {
        name: {
            "type": option.get("type", "str"),
            "elements": option.get("elements"),
            "choices": option.get("choices"),
            "default": option.get("default"),
            "required": option.get("required", False),
            "aliases": sorted(option.get("aliases", [])),
            "suboptions": specified(option["options"]) if "options" in option else None,
        }
        for name, option in options.items()
    }


@every_module
def test_environment_variables_are_documented(documented: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    for name, option in spec["argument_spec"].items():
        fallback = option.get("fallback")
        text = " ".join(documented["doc"]["options"][name]["description"])
        promised = set(re.findall(r"E\(((?:SVT|ACRONIS)_[A-Z_]+)\)", text))
        assert promised == (set(fallback[1]) if fallback else set()), name
        assert fallback is None or fallback[0] is from_environment, name


@every_module
def test_secrets_are_no_log(spec: Mapping[str, Any]) -> None:
    """An option whose name smells of a secret says itself whether it is one."""
    for name, option in _all_options(spec["argument_spec"]):
        if SECRET.search(name):
            assert isinstance(option.get("no_log"), bool), f"{name} does not say no_log"
        if CERTAINLY_SECRET.search(name):
            assert option["no_log"] is True, name


def _all_options(options: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    found = list(options.items())
    for option in options.values():
        found += _all_options(option.get("options") or {})
    return found


@every_module
def test_attributes(module: str, documented: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
    attributes = documented["doc"]["attributes"]
    assert set(attributes) == ATTRIBUTES
    for name, attribute in attributes.items():
        assert attribute["support"] in ("full", "partial", "none", "N/A"), name
        assert attribute["description"], name
        if attribute["support"] != "full":
            assert attribute.get("details"), f"{name} is {attribute['support']} without details"
    assert attributes["action_group"]["membership"] == [f"{COLLECTION}.{group_of(module)}"]
    assert spec["supports_check_mode"] is (attributes["check_mode"]["support"] == "full")


@every_module
def test_failure_is_documented(documented: Mapping[str, Any]) -> None:
    """Every module returns the same failure dictionary, and shows its keys."""
    failure = documented["return"]["failure"]
    assert failure["returned"] == "failure"
    assert failure["type"] == "dict"
    assert set(failure["sample"]) == FAILURE_KEYS


@every_module
def test_every_return_value_is_described(documented: Mapping[str, Any]) -> None:
    def check(values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            assert value["description"], name
            assert value["returned"], name
            assert value["type"], name
            assert value["type"] != "list" or value["elements"], name
            check(value.get("contains") or {})

    check(documented["return"])
