# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ids that are hostile texts: they are one segment of a path and one key of the diff, and nothing more."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from faults.harness.running import run
from faults.harness.targets import connection, secrets
from simulator.process import Simulator

from .test_renames import names, rename, submitted
from .texts import ALONE, all_texts, shown

# the simulator's own router takes an encoded slash for a slash, which a path that is sent right cannot help
TEXTS = {name: text for name, text in all_texts("nowhere").items() if "/" not in text}


@pytest.fixture(autouse=True)
def _at_once(simulator: Simulator) -> None:
    simulator.control.set("simplivity", task_seconds=0)


@pytest.mark.parametrize("name", [name for name in TEXTS if name.startswith(("E1", "H4", "H5", "H11", "H16"))])
def test_an_object_is_renamed_by_an_id_that_is_a_text(simulator: Simulator, name: str) -> None:
    id = TEXTS[name]
    simulator.control.add("simplivity", "backups", id=id, name="plain")
    done = rename(simulator, {"renames": [{"name": "plain", "new_name": "renamed"}]}, diff=True)
    if ALONE.search(id):
        # what cannot be written into an address cannot be asked for: told plainly, and the name stays
        assert done.kind == "not_found"
        assert names(simulator)[id] == "plain"
        return
    assert not done.failed, done.result["msg"]
    (path, _name) = submitted(simulator)[0]
    assert unquote(path) == f"/api/backups/{id}/rename"
    assert path.isascii() and path.count("/") == 4 and "?" not in path and "#" not in path
    (entry,) = done.result["results"]
    assert (entry["id"], entry["outcome"]) == (id, "renamed")
    key = "api" + id if id.startswith("__ansible") else id
    # Ansible drops a result with such a key after the change was made (E13)
    assert done.result["diff"] == {"before": {key: {"name": "plain"}}, "after": {key: {"name": "renamed"}}}
    assert names(simulator)[id] == "renamed"


@pytest.mark.parametrize(
    "id",
    [
        pytest.param(id, id=f"H11-{id}")
        for id in (".", "..", "../x", "a/b", "../../tasks/x", "%2e%2e", "?a=b", "x?fields=id", "#x")
    ],
)
def test_an_id_does_not_lead_to_another_address(simulator: Simulator, id: str) -> None:
    of_no_use = "/" in id or id in (".", "..")
    for given in ({"id": id}, {"renames": [{"id": id}]}):
        new = {"new_name": "renamed"}
        done = rename(simulator, {**given, **new} if "id" in given else {"renames": [{"id": id, **new}]})
        assert done.kind == ("input" if of_no_use else "not_found"), done.result
    options = {**connection(simulator, "svt_task_info"), "id": [id]}
    seen = run("svt_task_info", options, secrets=secrets(simulator, options), limit=10)
    assert seen.result.get("tasks", []) == []
    assert not of_no_use or simulator.control.ledger() == []
    for one in simulator.control.requests("simplivity", "GET"):
        segments = one["path"].split("/")
        assert segments[2] in ("oauth", "backups", "tasks")
        assert len(segments) == 4
        assert unquote(segments[3]) in (id, "revoke")
        assert one["query"] == []
    assert submitted(simulator) == []


@pytest.mark.parametrize("texts", [pytest.param(list(TEXTS.values()), id="H11-files-of-the-journal")])
def test_no_file_is_named_after_data(simulator: Simulator, tmp_path: Path, texts: list[str]) -> None:
    """What is kept of a submission under way lies in one directory, in files that are named by a digest."""
    simulator.control.set("simplivity", task_seconds=None)
    ids = [text for text in texts if not ALONE.search(text)]
    simulator.control.add_many(
        "simplivity", "backups", [{"id": id, "name": id, "virtual_machine_id": id} for id in ids]
    )
    for id in ids:
        done = rename(simulator, {"renames": [{"name": id, "new_name": "renamed"}], "wait": False})
        assert not done.failed or not id.strip(), done.result
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= len(ids) - 1
    assert {path.parent for path in files} == {tmp_path / "state" / "safehold.backup"}
    assert all(re.fullmatch("[0-9a-f]{64}", path.name) for path in files)


@pytest.mark.parametrize("name", [name for name in TEXTS if name.startswith(("E11", "E12", "E13", "H4", "H5", "H6"))])
def test_a_task_whose_id_is_a_text_is_followed_by_it(simulator: Simulator, name: str) -> None:
    text = TEXTS[name]
    simulator.control.set("simplivity", task_seconds=1)
    (id, *_rest) = names(simulator)
    task = {"id": text, "state": "IN_PROGRESS"}
    simulator.control.fault({"path": "/rename$", "times": 1, "action": {"mutate": {"task": task}}})
    ended = {"status": 200, "json": {"task": {"id": shown(text), "state": "COMPLETED"}}}
    simulator.control.fault({"path": "^/api/tasks/", "times": None, "action": ended})
    done = rename(simulator, {"renames": [{"id": id, "new_name": "renamed"}]}, diff=True)
    assert not done.failed, done.result["msg"]
    assert done.result["results"][0]["task"]["id"] == shown(text)
    asked = simulator.control.requests("simplivity", "GET", "/tasks/")
    assert {unquote(one["path"]) for one in asked} == {f"/api/tasks/{shown(text)}"}
    assert len(submitted(simulator)) == 1
