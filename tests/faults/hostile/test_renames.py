# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renaming what bears a hostile text, and renaming to one: the right object, exactly, and the result is never lost."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

from faults.harness.running import Seen, run
from faults.harness.targets import connection, secrets
from faults.harness.virtual_time import virtual_time
from simulator.process import Simulator

from .objects import KINDS, neighbours, place
from .texts import ALONE, all_texts, may_be_given, shown

TEXTS = all_texts("/nowhere/mark")
MODULE = "svt_backup_rename"
BACKUPS = KINDS["svt_backup_info"]


def rename(simulator: Simulator, given: Mapping[str, Any], **flags: Any) -> Seen:
    """Runs the module, its tasks ended before anybody looks, and asserts what holds for every text."""
    options = {**connection(simulator, MODULE), **given}
    with virtual_time(simulator.control) as time:
        seen = run(MODULE, options, secrets=secrets(simulator, options), limit=30, within=time, **flags)
    assert all(warning.isprintable() for warning in seen.ran.warnings)
    return seen


def names(simulator: Simulator) -> dict[str, str]:
    """The name of each backup by its id."""
    return {one["id"]: one["name"] for one in simulator.control.objects("simplivity", "backups")}


def submitted(simulator: Simulator) -> list[tuple[str, Any]]:
    """The renames that the server saw: the path and the name in the body."""
    posts = simulator.control.requests("simplivity", "POST", "/rename")
    return [(one["path"], json.loads(one["body"])["backup_name"]) for one in posts]


@pytest.fixture(autouse=True)
def _at_once(simulator: Simulator) -> None:
    simulator.control.set("simplivity", task_seconds=0)


@pytest.mark.parametrize("name", TEXTS)
def test_the_backup_that_bears_a_text_is_renamed_and_its_twins_are_not(simulator: Simulator, name: str) -> None:
    text = TEXTS[name]
    id = place(simulator.control, BACKUPS, text, neighbours(text))
    before = names(simulator)
    by_name = {"name": text, "virtual_machine_name": text, "omnistack_cluster_name": text}
    if ALONE.search(text) or not text.strip():
        # in a list: of an option that is a text, Ansible itself fails on a lone surrogate before the module begins
        refused = rename(simulator, {"renames": [{**by_name, "new_name": "renamed"}]})
        assert refused.kind == "input"
        assert submitted(simulator) == []
        by_name = {"id": id}
    done = rename(simulator, {**by_name, "new_name": "renamed"}, diff=True)
    assert not done.failed, done.result["msg"]
    assert done.result["changed"] is True
    assert done.result["diff"] == {"before": {id: {"name": shown(text)}}, "after": {id: {"name": "renamed"}}}
    assert (done.result["backup"]["id"], done.result["backup"]["name"]) == (id, "renamed")
    assert done.result["backup"]["virtual_machine_name"] == shown(text)
    assert submitted(simulator) == [(f"/api/backups/{id}/rename", "renamed")]
    assert names(simulator) == {**before, id: "renamed"}


@pytest.mark.parametrize("name", TEXTS)
def test_a_backup_gets_exactly_the_text_or_nothing_is_sent(simulator: Simulator, name: str) -> None:
    text = TEXTS[name]
    id = place(simulator.control, BACKUPS, "plain", ["plain too"])
    wanted = {"id": id, "new_name": text}
    before = names(simulator)
    if not may_be_given(text):
        refused = rename(simulator, {"renames": [wanted]})
        assert refused.kind == "input"
        assert refused.result["msg"].startswith("renames[0].new_name: ")
        assert (submitted(simulator), names(simulator)) == ([], before)
        return
    done = rename(simulator, wanted, diff=True)
    assert not done.failed, done.result["msg"]
    assert done.result["diff"]["after"] == {id: {"name": text}}
    assert submitted(simulator) == [(f"/api/backups/{id}/rename", text)]
    assert names(simulator) == {**before, id: text}
    again = rename(simulator, wanted)
    assert (again.failed, again.result["changed"], len(submitted(simulator))) == (False, False, 1)


@pytest.mark.parametrize("row", ["H5", "H6", "H7", "H8", "H12", "H16", "E11"])
def test_no_text_passes_for_another(simulator: Simulator, row: str) -> None:
    """A backup with a name that only looks like the new one is not taken for renamed already."""
    texts = [text for name, text in TEXTS.items() if name.startswith(row)]
    renames = [
        {"id": place(simulator.control, BACKUPS, text), "new_name": other}
        for number, text in enumerate(texts)
        for other in neighbours(text)
        if may_be_given(other)
    ]
    machines = {one["id"]: f"machine {number}" for number, one in enumerate(renames)}
    for id, machine in machines.items():
        simulator.control.patch("simplivity", "backups", id, virtual_machine_id=machine)
    planned = rename(simulator, {"renames": renames, "parallel": 8}, check_mode=True)
    assert not planned.failed, planned.result["msg"]
    assert {one["outcome"] for one in planned.result["results"]} == {"renamed"}
    assert submitted(simulator) == []


@pytest.mark.parametrize("name", TEXTS)
def test_a_task_that_quotes_a_text_does_not_cost_the_result(simulator: Simulator, name: str) -> None:
    """E11 E13: the answer to the change itself holds what Ansible cannot carry."""
    text = TEXTS[name]
    id = place(simulator.control, BACKUPS, text)
    task = {
        "id": "a:b:c",
        "state": "COMPLETED",
        "name": text,
        "error_message": text,
        "affected_objects": [{text: text, "__ansible_type": text, "__ansible_unsafe": {"__ansible_vault": text}}],
    }
    body = base64.b64encode(json.dumps({"task": task}).encode()).decode()
    simulator.control.fault(
        {"path": "/rename$", "when": "after", "times": 1, "action": {"status": 202, "body_base64": body}}
    )
    done = rename(simulator, {"renames": [{"id": id, "new_name": "renamed"}]}, diff=True)
    assert not done.failed, done.result["msg"]
    assert done.result["changed"] is True
    (entry,) = done.result["results"]
    assert (entry["id"], entry["outcome"], entry["old_name"], entry["new_name"]) == (
        id,
        "renamed",
        shown(text),
        "renamed",
    )
    assert entry["task"]["name"] == entry["task"]["error_message"] == shown(text)
    (affected,) = entry["task"]["affected_objects"]
    assert affected["api__ansible_type"] == shown(text)
    assert not any(key.startswith("__ansible") for key in affected)
    assert len(submitted(simulator)) == 1


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_as_reason_of_a_failed_task_is_one_clean_line(simulator: Simulator, name: str) -> None:
    text = TEXTS[name]
    id = place(simulator.control, BACKUPS, text)
    simulator.control.set("simplivity", task_end_state="FAILED", task_error_code=130, task_error_message=text)
    done = rename(simulator, {"renames": [{"id": id, "new_name": "renamed"}], "on_error": "continue"})
    assert done.kind == "task_failed"
    assert done.result["failure"]["task"]["error_message"] == shown(text)
    (entry,) = done.result["results"]
    assert (entry["id"], entry["outcome"], entry["failure"]["submitted"]) == (id, "failed", True)
    assert entry["msg"].isprintable()
    assert len(submitted(simulator)) == 1
    if not name.startswith(("H4", "H5", "H7", "E1")):
        return
    simulator.control.set("simplivity", task_end_state=text, api_version="1.11")
    odd = rename(simulator, {"id": id, "new_name": "renamed again", "wait_timeout": 5})
    assert odd.failed is False or odd.kind in ("task_unknown_state", "unknown_outcome")


@pytest.mark.parametrize("texts", [pytest.param(list(TEXTS.values()), id="H6-H16-E11-E13-all-in-one-call")])
def test_all_texts_in_one_call_and_back_again(simulator: Simulator, texts: list[str]) -> None:
    ids = {place(simulator.control, BACKUPS, text): text for text in texts}
    renames = [{"id": id, "new_name": f"renamed {number}"} for number, id in enumerate(ids)]
    done = rename(simulator, {"renames": renames, "parallel": 8}, diff=True)
    assert not done.failed, done.result["msg"]
    assert {one["id"]: one["old_name"] for one in done.result["results"]} == {k: shown(v) for k, v in ids.items()}
    assert {one["outcome"] for one in done.result["results"]} == {"renamed"}
    assert done.result["diff"]["before"] == {id: {"name": shown(text)} for id, text in ids.items()}
    assert len(submitted(simulator)) == len(ids)
    undo = [
        {"id": one["id"], "new_name": one["old_name"]} for one in done.result["results"] if may_be_given(ids[one["id"]])
    ]
    back = rename(simulator, {"renames": undo, "parallel": 8})
    assert not back.failed, back.result["msg"]
    now = names(simulator)
    assert {one["id"]: now[one["id"]] for one in undo} == {one["id"]: ids[one["id"]] for one in undo}
