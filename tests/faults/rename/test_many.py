# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many renames in one call, which are planned and read back from lists, in every world with one fault."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Mapping
from typing import Any
from unittest import mock

import pytest

from faults.harness import targets
from faults.harness.running import Seen, run
from faults.harness.virtual_time import virtual_time
from simulator.process import Simulator

from .single_faults import BACKUP, FAULTS, HTML, NEW, SEARCH, TASK, THEIRS, Fault
from .world import LIMIT, WAITING, Truth, the_truth

SOAK = bool(os.environ.get("SAFEHOLD_SOAK"))
MANY = 10
MODES = ("sva", "mva")


def _list(
    id: str, action: Mapping[str, Any], armed_by: str | None = None, times: int | None = 1, **facts: Any
) -> Fault:
    armed = {"armed_by": armed_by} if armed_by else {}
    return Fault(id, ({"api": "simplivity", "path": SEARCH, "times": times, "action": action, **armed},), **facts)


# What may go wrong with the lists of the plan, and with those that are read when tasks have ended. Whether a name is
# free is never known without a list, and all else is.
LISTS = (
    _list("D20-lists-503-for-ever", {"status": 503}, times=None, accepted=0),
    _list("D9-lists-400-for-ever", {"status": 400, "json": {"message": "no"}}, times=None, accepted=0),
    _list("G2-lists-count-less", {"mutate": {"count": 3}}, times=None, accepted=0),
    _list("G1-list-counts-more", {"mutate": {"count": 1000}}, accepted=MANY),
    _list("E4-list-without-names", {"remove": ["backups.0.name", "backups.1.name"]}, accepted=MANY),
    _list("D25-read-back-html", HTML, TASK, times=None, accepted=MANY),
    _list("B3-read-back-cut", {"truncate": 20}, TASK, accepted=MANY),
    _list("I8-read-back-hangs", {"hang": 5}, TASK, times=None, accepted=MANY),
    _list(
        "I13-read-back-stale", {"mutate": {f"backups.{n}.name": "as it was" for n in range(MANY)}}, TASK, accepted=MANY
    ),
    _list(
        "I14-renamed-before-read-back", {"meanwhile": {"patch": {BACKUP: {"name": THEIRS}}}}, TASK, accepted=MANY - 1
    ),
    _list("I12-deleted-before-read-back", {"meanwhile": {"delete": [BACKUP]}}, TASK, accepted=MANY - 1),
)


@pytest.mark.parametrize(
    ("fault", "mode"),
    # each fault on one kind of controller, and on both in a long run
    [
        pytest.param(fault, mode, id=f"{fault.id}-{mode}")
        for number, fault in enumerate(FAULTS)
        for mode in (MODES if SOAK else MODES[number % 2 :][:1])
    ],
)
def test_every_entry_is_the_truth(patient_simulator: Simulator, fault: Fault, mode: str) -> None:
    rename_many(patient_simulator, fault, mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.id) for fault in LISTS])
def test_a_list_that_cannot_be_used_costs_requests_and_nothing_else(
    patient_simulator: Simulator, fault: Fault, mode: str
) -> None:
    seen, truth = rename_many(patient_simulator, fault, mode)
    assert fault.id in {one["fault"] for one in truth.ledger}
    told = Counter(entry["outcome"] for entry in seen.result["results"])
    assert told["renamed"] == fault.accepted, seen.ran.msg
    assert len(truth.posts) == (MANY if fault.accepted else 0)


def rename_many(simulator: Simulator, fault: Fault, mode: str) -> tuple[Seen, Truth]:
    """Rename many in a world with this fault, and compare what is said of each with what the server knows."""
    control = simulator.control
    control.set("simplivity", mode=mode, **fault.settings)
    control.fault(*[{**rule, "name": fault.id} for rule in fault.rules])
    old = {one["id"]: one["name"] for one in control.objects("simplivity", "backups")}
    ids = [BACKUP, *(id for id in old if id != BACKUP)][:MANY]
    wanted = {id: NEW if id == BACKUP else f"new {number}" for number, id in enumerate(ids)}
    given = {**targets.connection(simulator, "svt_backup_rename"), **WAITING, "on_error": "continue"}
    given["renames"] = [{"id": id, "new_name": name} for id, name in wanted.items()]
    with (
        tempfile.TemporaryDirectory() as state,
        mock.patch.dict(os.environ, XDG_STATE_HOME=state),
        virtual_time(control) as time,
    ):
        seen = run("svt_backup_rename", given, secrets=[given["password"]], limit=LIMIT, within=time)
    now = {one["id"]: one["name"] for one in control.objects("simplivity", "backups")}
    truth = the_truth(simulator)
    later = {**truth.others, BACKUP: truth.later}
    accepted = Counter(one["backup_id"] for one in truth.accepted)
    assert "this should not happen" not in str(seen.result)
    assert {id: name for id, name in later.items() if id not in wanted} == {id: old[id] for id in old.keys() - ids}
    assert max(accepted.values(), default=0) <= 1
    for id, entry in zip(wanted, seen.result.get("results", ()), strict=False):
        told = f"{id} {entry['outcome']}: {entry['msg']}: {old[id]!r}, {now.get(id)!r}, {later.get(id)!r}"
        if entry["outcome"] == "renamed":
            assert now[id] == later[id] == wanted[id] == entry["backup"]["name"], told
            assert accepted[id] == 1, told
        elif entry["outcome"] == "unknown":
            assert entry["failure"]["submitted"], told
        else:
            assert later.get(id) != wanted[id], told
    return seen, truth
