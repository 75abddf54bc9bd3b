# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of SimpliVity answer, held against the provider's own description of API 1.25."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[3]
NAME = "simplivity-1.25.swagger.json"
# Answers carry more than the description has; simplivity.md 3 and 7 say where each comes from.
BEYOND = {"TaskMO": {"percent_complete", "name", "type", "owner_id", "destination_id"}}
KINDS = {
    "backups": ("backup", "BackupMO"),
    "hosts": ("host", "host"),
    "datastores": ("datastore", "datastore"),
    "virtual_machines": ("virtual_machine", "virtual_machine"),
    "omnistack_clusters": ("omnistack_cluster", "omnistack_cluster"),
    "policies": ("policy", "policy"),
}
COMMON = {"fields", "limit", "offset", "case", "sort", "order", "show_optional_fields"}
SAMPLES = {"string": "2020-01-01T00:00:00Z", "integer": "1", "boolean": "true"}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    given = os.environ.get("SAFEHOLD_CONTRACTS")
    path = (Path(given) if given else ROOT.parent / "shared" / "contracts") / NAME
    if not path.is_file():
        pytest.skip(f"the provider's description is not here: {path} (set SAFEHOLD_CONTRACTS)")
    return json.loads(path.read_text(encoding="utf-8"))


def check(description: dict[str, Any], definition: str, value: dict[str, Any]) -> None:
    """Types, enumerations and required fields by the schema; unknown fields by hand."""
    schema = {"$ref": f"#/definitions/{definition}", "definitions": description["definitions"]}
    jsonschema.Draft4Validator(schema).validate(value)
    known = set(description["definitions"][definition]["properties"]) | BEYOND.get(definition, set())
    assert set(value) <= known, sorted(set(value) - known)


@pytest.mark.parametrize("plural", KINDS)
def test_lists_and_single_objects_fit(svt, description, plural):
    singular, definition = KINDS[plural]
    optional = {} if plural in ("backups", "policies") else {"show_optional_fields": "true"}
    rows = svt.get(f"/{plural}", **optional).json()[plural]
    assert rows
    for row in rows:
        check(description, definition, row)
        check(description, definition, svt.get(f"/{plural}/{row['id']}").json()[singular])


def test_running_completed_and_failed_tasks_fit(svt, control, description):
    backup = svt.backups(name="aborted")[0]
    control.set("simplivity", task_end_state="FAILED")
    failed = svt.rename(backup["id"], "x")
    check(description, "TaskMO", failed)
    control.advance(1)
    ended = svt.task(failed["id"])
    check(description, "TaskMO", ended)
    assert ended["state"] == "FAILED" and ended["error_message"]
    control.set("simplivity", task_end_state=None, task_seconds=0)
    check(description, "TaskMO", svt.rename(backup["id"], "y"))


@pytest.mark.parametrize("plural", KINDS)
def test_every_described_parameter_is_taken_and_no_other(svt, control, description, plural):
    control.set("simplivity", mode="mva")
    described = description["paths"][f"/{plural}"]["get"]["parameters"]
    for parameter in described:
        if parameter["name"] not in COMMON:
            answer = svt.get(f"/{plural}", **{parameter["name"]: SAMPLES[parameter["type"]]})
            assert answer.status_code == 200, answer.text
    assert svt.get(f"/{plural}", hypervisor_kind="x").status_code == 400
    assert ("show_optional_fields" in {one["name"] for one in described}) == (
        svt.get(f"/{plural}", show_optional_fields="true").status_code == 200
    )


@pytest.mark.parametrize("plural", KINDS)
def test_lists_and_patterns_work_exactly_where_described(svt, control, description, plural):
    control.set("simplivity", mode="mva")
    row = svt.get(f"/{plural}", show_optional_fields="true").json() if plural == "virtual_machines" else None
    row = (row or svt.get(f"/{plural}").json())[plural][0]
    for parameter in description["paths"][f"/{plural}"]["get"]["parameters"]:
        name, text = parameter["name"], parameter.get("description", "")
        value = row.get(name)
        if name in COMMON or parameter["type"] != "string" or not isinstance(value, str) or len(value) < 2:
            continue
        if "," in value:
            continue
        listed = svt.get(f"/{plural}", **{name: f"no-such-thing,{value}"}).json()["count"]
        pattern = svt.get(f"/{plural}", **{name: f"{value[:-1]}*"}).json()["count"]
        assert (listed > 0) == ("comma-separated" in text), name
        assert (pattern > 0) == ("asterisk" in text), name
