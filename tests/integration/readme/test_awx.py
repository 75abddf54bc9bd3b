# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The samples for AWX, by the rules that AWX holds them to (ansible/awx: awx/main/fields.py, awx/main/models)."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from integration.modules.harness.runs import ROOT

AWX = ROOT / "docs" / "awx"
FIELD = {"id", "label", "type", "format", "help_text", "multiline", "secret"}


def credential_type(name: str) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    """Its fields, inputs and injectors."""
    data = yaml.safe_load((AWX / f"{name}.yml").read_text(encoding="utf-8"))
    assert (set(data), data["kind"]) == ({"name", "kind", "inputs", "injectors"}, "cloud")
    return data["inputs"]["fields"], data["inputs"], data["injectors"]


def environment(injectors: dict[str, Any], given: dict[str, str], **how: Any) -> dict[str, str]:
    """What a job gets. A file is there whatever is in it, and `tower.filename` is its path."""
    names = {**given, "tower": SimpleNamespace(filename="/runner/env/tmp1") if "file" in injectors else None}
    jinja = ImmutableSandboxedEnvironment(**how)
    for template in injectors.get("file", {}).values():
        jinja.from_string(template).render(names)
    return {name: jinja.from_string(template).render(names) for name, template in injectors["env"].items()}


@pytest.mark.parametrize(("name", "back_end"), [("simplivity", "_simplivity"), ("acronis", "_acronis")])
def test_a_credential_type_is_one_and_sets_what_modules_read(name: str, back_end: str) -> None:
    fields, inputs, injectors = credential_type(name)
    ids = [field["id"] for field in fields]
    assert len(set(ids)) == len(ids) and set(inputs["required"]) <= set(ids)
    for field in fields:
        assert set(field) <= FIELD and field["type"] == "string" and re.fullmatch(r"[a-zA-Z_]+\w*", field["id"])
        assert field["id"] != "tower" and field.get("format") in (None, "url")
        assert bool(field.get("secret")) == ("password" in field["id"] or "secret" in field["id"])
    everything = {field: f"the {field}" for field in ids}
    made = environment(injectors, everything, undefined=StrictUndefined)
    read = (ROOT / "plugins" / "doc_fragments" / f"{back_end}.py").read_text(encoding="utf-8")
    assert all(re.search(rf"\b{variable}\b", read) for variable in made)
    assert set(made.values()) - {"/runner/env/tmp1"} <= set(everything.values())


def test_what_is_left_out_is_empty() -> None:
    """AWX leaves fields without a value undefined."""
    for name, optional in (("simplivity", "SVT_CA_PATH"), ("acronis", "ACRONIS_TENANT_ID")):
        _fields, inputs, injectors = credential_type(name)
        made = environment(injectors, dict.fromkeys(inputs["required"], "x"))
        assert {variable for variable, value in made.items() if not value} == {optional}


def test_the_execution_environment_holds_the_tarball_of_this_version() -> None:
    data = yaml.safe_load((AWX / "execution-environment.yml").read_text(encoding="utf-8"))
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    tarball = f"safehold-backup-{version}.tar.gz"
    assert data["dependencies"]["galaxy"]["collections"] == [{"name": tarball, "type": "file"}]
    assert data["additional_build_files"] == [{"src": tarball, "dest": "."}]
