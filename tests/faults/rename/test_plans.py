# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which backups are meant and what may become of them: what the server saw of plans that cannot work, and of those that
can. The rules of a plan are in the unit tests one by one; here they hold against a server."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from faults.harness import targets
from faults.harness.running import Seen, run
from faults.harness.virtual_time import virtual_time
from simulator.process import Simulator

from .single_faults import BACKUP

A, B, C = "plan-a", "plan-b", "plan-c"
MACHINE = {"virtual_machine_id": "m1", "virtual_machine_name": "vm1", "omnistack_cluster_id": "c1"}


@pytest.fixture
def three(patient_simulator: Simulator) -> Simulator:
    """Three backups of one machine, named a, b and c."""
    for id in (A, B, C):
        patient_simulator.control.add("simplivity", "backups", id=id, name=id[-1], **MACHINE)
    return patient_simulator


def rename(simulator: Simulator, wanted: Mapping[str, Any] | Sequence[Mapping[str, Any]], **more: Any) -> Seen:
    what = dict(wanted) if isinstance(wanted, Mapping) else {"renames": list(wanted)}
    given = {**targets.connection(simulator, "svt_backup_rename"), **what, **more}
    with virtual_time(simulator.control) as time:
        return run("svt_backup_rename", given, secrets=targets.secrets(simulator, given), limit=60, within=time)


def names(simulator: Simulator) -> dict[str, str]:
    found = {one["id"]: one["name"] for one in simulator.control.objects("simplivity", "backups")}
    return {id: found[id] for id in (A, B, C)}


def sent(simulator: Simulator) -> list[str]:
    """The ids of the backups that the server was asked to rename, in order."""
    return [one["path"].split("/")[3] for one in simulator.control.requests("simplivity", "POST", "/rename")]


def test_h17_a_name_of_several_is_refused_and_all_of_them_are_shown(three: Simulator) -> None:
    three.control.patch("simplivity", "backups", B, name="a", omnistack_cluster_id="c2")
    seen = rename(three, {"name": "a", "new_name": "new"})
    assert seen.kind == "ambiguous" and seen.result["changed"] is False
    assert {one["id"] for one in seen.result["candidates"]} == {A, B}
    assert A in seen.ran.msg and B in seen.ran.msg
    assert sent(three) == []


@pytest.mark.parametrize("option", ["virtual_machine_name", "virtual_machine_id", "omnistack_cluster_name"])
def test_h18_a_name_on_two_machines_or_clusters_is_told_apart_by_them(three: Simulator, option: str) -> None:
    three.control.patch("simplivity", "backups", A, omnistack_cluster_name="here")
    others = {"virtual_machine_id": "m2", "virtual_machine_name": "vm2", "omnistack_cluster_name": "there"}
    three.control.patch("simplivity", "backups", B, name="a", **others)
    assert rename(three, {"name": "a", "new_name": "new"}).kind == "ambiguous"
    seen = rename(three, {"name": "a", "new_name": "new", option: others[option]})
    assert not seen.failed, seen.result
    assert names(three) == {A: "a", B: "new", C: "c"}


def test_i1_a_name_that_it_bears_already_is_no_change_and_not_sent(three: Simulator) -> None:
    for wanted in ({"id": A, "new_name": "a"}, {"name": "a", "virtual_machine_name": "vm1", "new_name": "a"}):
        seen = rename(three, wanted)
        assert (seen.failed, seen.result["changed"], sent(three)) == (False, False, [])


def test_i2_a_name_that_is_taken_is_refused_before_it_is_sent(three: Simulator) -> None:
    seen = rename(three, {"id": A, "new_name": "b"})
    assert seen.kind == "conflict" and seen.result["changed"] is False
    assert "already has a backup named 'b'" in seen.ran.msg and B in seen.ran.msg
    assert (sent(three), names(three)) == ([], {A: "a", B: "b", C: "c"})


@pytest.mark.parametrize("answer", ["400", "task"])
def test_i2_a_name_that_somebody_takes_meanwhile_is_refused_in_the_servers_words(three: Simulator, answer: str) -> None:
    three.control.set("simplivity", duplicate_name=answer)
    meanwhile = {"meanwhile": {"patch": {B: {"name": "new"}}}}
    three.control.fault({"path": "/rename$", "times": 1, "action": meanwhile})
    seen = rename(three, {"id": A, "new_name": "new"})
    assert seen.failed and seen.result["changed"] is False
    assert "uplicate" in seen.ran.msg
    assert (sent(three), names(three)) == ([A], {A: "a", B: "new", C: "c"})


def test_i6_the_backup_that_was_found_is_the_one_that_is_renamed(three: Simulator) -> None:
    """Between the search and the submission another backup takes the name that was asked for."""
    swapped = {"meanwhile": {"patch": {A: {"name": "elsewhere"}, B: {"name": "a"}}}}
    three.control.fault({"path": "/rename$", "times": 1, "action": swapped})
    seen = rename(three, {"name": "a", "virtual_machine_name": "vm1", "new_name": "new"})
    assert not seen.failed, seen.result
    assert (sent(three), names(three)) == ([A], {A: "new", B: "a", C: "c"})


def test_i18_a_chain_is_made_from_its_free_end(three: Simulator) -> None:
    seen = rename(three, [{"id": A, "new_name": "b"}, {"id": B, "new_name": "c"}, {"id": C, "new_name": "d"}])
    assert not seen.failed, seen.result
    assert sent(three) == [C, B, A]
    assert names(three) == {A: "b", B: "c", C: "d"}


@pytest.mark.parametrize("news", ["ba", "bca"], ids=["swap", "circle"])
def test_i18_a_circle_is_refused_and_nothing_is_sent(three: Simulator, news: str) -> None:
    seen = rename(three, [{"id": id, "new_name": new} for id, new in zip((A, B, C), news, strict=False)])
    assert seen.failed and seen.result["changed"] is False
    assert (sent(three), names(three)) == ([], {A: "a", B: "b", C: "c"})


@pytest.mark.parametrize(
    "renames",
    [
        pytest.param([{"id": A, "new_name": "x"}, {"id": A, "new_name": "y"}], id="one-backup-twice"),
        pytest.param([{"id": A, "new_name": "x"}, {"name": "a", "new_name": "y"}], id="one-backup-by-id-and-name"),
        pytest.param([{"id": A, "new_name": "x"}, {"id": B, "new_name": "x"}], id="one-name-for-two"),
    ],
)
def test_i19_a_plan_that_cannot_work_as_a_whole_is_not_begun(three: Simulator, renames: Any) -> None:
    seen = rename(three, [{"id": C, "new_name": "z"}, *renames], on_error="continue")
    assert seen.kind == "input" and seen.result["changed"] is False
    assert (sent(three), names(three)) == ([], {A: "a", B: "b", C: "c"})


def test_i23_the_result_of_a_plan_is_enough_to_take_it_back(three: Simulator) -> None:
    done = rename(three, [{"id": A, "new_name": "x"}, {"id": B, "new_name": "y"}])
    undone = rename(three, [{"id": one["id"], "new_name": one["old_name"]} for one in done.result["results"]])
    assert not undone.failed, undone.result
    assert names(three) == {A: "a", B: "b", C: "c"}


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:7])


def _open_to_all(file: Path) -> None:
    file.chmod(0o644)


def _link(file: Path) -> None:
    target = file.with_name("target")
    file.rename(target)
    file.symlink_to(target)


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _open_directory(file: Path) -> None:
    file.parent.chmod(0o777)


@pytest.mark.parametrize("damage", [_cut, _open_to_all, _link, _pipe, _open_directory])
def test_j20_what_a_run_remembers_is_its_owners_alone_and_not_believed_when_it_is_not(
    patient_simulator: Simulator, tmp_path: Path, damage: Any
) -> None:
    """The one file that is kept: of a submission that was not seen to end."""
    wanted = {"id": BACKUP, "new_name": "renamed"}
    patient_simulator.control.set("simplivity", task_seconds=None)
    assert rename(patient_simulator, wanted, wait=False).result["task"]
    directory = tmp_path / "state" / "safehold.backup"
    (file,) = directory.iterdir()
    assert (directory.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    content = file.read_bytes()
    damage(file)
    patient_simulator.control.set("simplivity", task_seconds=0)
    seen = rename(patient_simulator, wanted)
    assert not seen.failed and seen.result["changed"], "as if nothing had been kept"
    assert len(patient_simulator.control.changes()) == 2
    if damage is _link:
        assert (directory / "target").read_bytes() == content, "what a link names is left alone"
