# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts without measure: kept whole in data up to the cap on an answer, cut in every message, refused as input."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import transport

from faults.harness.running import run
from faults.harness.targets import connection, secrets
from simulator.process import Simulator

from .objects import KINDS
from .test_renames import names, rename, submitted

MEGABYTE = 1_000_000
HUGE = "\x1b[31m" + "n" * 10 * MEGABYTE


@pytest.fixture(autouse=True)
def _at_once(simulator: Simulator) -> None:
    simulator.control.set("simplivity", task_seconds=0)


@pytest.mark.parametrize(
    "module", [pytest.param(name, id=f"E17-H15-{name}") for name in ("svt_backup_info", "acronis_task_info")]
)
def test_ten_megabytes_in_one_field_are_kept_whole(simulator: Simulator, module: str) -> None:
    """The rule for data: whatever fits into one answer of 256 MiB is returned as it is."""
    kind = KINDS[module]
    field = "virtual_machine_name" if kind.api == "simplivity" else "type"
    id = str(simulator.control.add(kind.api, kind.objects, **{field: HUGE})["id"])
    given = {**connection(simulator, module), "id": [id]}
    seen = run(module, given, limit=60)
    assert not seen.failed, seen.result["msg"]
    assert seen.result[kind.objects][0][field] == HUGE


@pytest.mark.parametrize("end", [pytest.param("COMPLETED", id="E17-H15-done"), pytest.param("FAILED", id="E17-failed")])
def test_ten_megabytes_do_not_cost_the_result_of_a_rename(simulator: Simulator, end: str) -> None:
    simulator.control.set("simplivity", task_end_state=end, task_error_message=HUGE)
    id = simulator.control.add("simplivity", "backups", name=HUGE, virtual_machine_name=HUGE)["id"]
    done = rename(simulator, {"renames": [{"id": id, "new_name": "renamed"}]})
    (entry,) = done.result["results"]
    assert len(submitted(simulator)) == 1
    assert done.result["changed"] is (end == "COMPLETED")
    assert (entry["id"], entry["outcome"]) == (id, "renamed" if end == "COMPLETED" else "failed")
    assert entry["old_name"] == HUGE
    assert len(entry["msg"]) < 2000
    if done.failed:
        assert len(done.result["msg"]) <= 1001
        assert len(done.result["failure"]["detail"]) <= 301


@pytest.mark.parametrize("given", [pytest.param(HUGE, id="L6-I3-10-MB"), pytest.param("n" * 256, id="I3-256")])
def test_a_name_of_the_users_that_is_too_long_is_refused(simulator: Simulator, given: str) -> None:
    before = names(simulator)
    refused = rename(simulator, {"id": next(iter(before)), "new_name": given})
    assert refused.kind == "input"
    assert len(refused.result["msg"]) <= 1001
    assert simulator.control.ledger() == []


def _gzipped(body: Any) -> dict[str, Any]:
    packed = base64.b64encode(gzip.compress(json.dumps(body).encode(), 1)).decode()
    return {
        "status": 200,
        "body_base64": packed,
        "headers": {"content-encoding": "gzip", "content-type": "application/json"},
    }


@pytest.mark.parametrize("module", [pytest.param("svt_backup_info", id="H15-1000-names-of-1-MB")])
def test_a_list_beyond_the_cap_is_refused_and_not_cut(
    simulator: Simulator, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand names of a megabyte, scaled down with the cap, so that the test itself stays small."""
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", transport.MAX_BODY_BYTES // 1000)
    backups = [{"id": str(number), "name": "n" * 1000} for number in range(1000)]
    list_of_them = {"backups": backups, "count": 1000, "offset": 0, "limit": 1000}
    simulator.control.fault({"path": "^/api/backups", "times": None, "action": _gzipped(list_of_them)})
    given = connection(simulator, module)
    seen = run(module, given, secrets=secrets(simulator, given), limit=30)
    assert seen.kind == "bad_response"
    assert "is larger than" in seen.result["msg"]
    assert "backups" not in seen.result
