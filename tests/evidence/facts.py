# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts for tests of evidence in a few words, and evidence that is checked against its schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.build import build
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.times import text
from ansible_collections.safehold.backup.tests.evidence import estate
from ansible_collections.safehold.backup.tests.evidence.estate import NOW

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "roles/backup_report/files/evidence-1.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
FAILED = {"failed": True, "msg": "svt.example.com does not answer"}


def svt(machines: Any, backups: Any = (), **more: Any) -> dict[str, Any]:
    return {"system": "simplivity", "virtual_machines": list(machines), "backups": list(backups), **more}


def acronis(tasks: Any, **more: Any) -> dict[str, Any]:
    return {"system": "acronis", "tasks": list(tasks), "resources": [], **more}


def result(key: str, objects: Any) -> dict[str, Any]:
    """A list as a module returns it."""
    return {key: list(objects), "count": len(objects), "truncated": False}


def of(*sources: dict[str, Any], now: int = NOW, **options: Any) -> dict[str, Any]:
    """Evidence that keeps to its schema."""
    found = build(list(sources), now, **options)
    VALIDATOR.validate(found)
    return found


def resource(name: str, **more: Any) -> dict[str, Any]:
    """A resource as acronis_resource_info returns it."""
    return {
        "id": estate.id_of(name),
        "name": name,
        "type": "resource.machine",
        "external_id": f"{estate.id_of(name)}@1496265",
        "tenant_id": "1496265",
        "tenant_name": "Northwind Dental",
        "status": "not_protected",
        "plans": [],
        "policies": [],
        **more,
    }


def ran(at: int, kind: str = "policy.backup.machine") -> dict[str, Any]:
    return {"type": kind, "last_run": text(NOW), "last_success_run": text(at)}


def runs_of(machine: str = "srv", **signs: str) -> list[dict[str, Any]]:
    """Runs of one machine, a plan each: see estate.runs. A plan of no name has none."""
    return [
        {**run, "id": f"{plan} {run['id']}", "policy": policy_of(plan, run)}
        for plan, row in signs.items()
        for run in estate.runs(machine, "1496265", plan, 1, row)
    ]


def policy_of(plan: str, run: Mapping[str, Any]) -> dict[str, Any]:
    return {**run["policy"], "name": plan.strip("_")}


def texts(machine: dict[str, Any]) -> list[str]:
    return [finding["text"] for finding in machine["findings"]]
