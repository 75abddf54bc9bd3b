# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Anything in any order: renames, lists, others who rename and delete, faults, kills; and every report is the truth.

Hypothesis looks for a sequence that breaks it. Each run is a real module process.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from faults.harness import figures, targets
from simulator.process import Simulator

from .plans import WAITING
from .processes import Process, Processes
from .single_faults import BACKUP, FAULTS, OLD, THEIRS

SOAK = bool(os.environ.get("SAFEHOLD_SOAK"))
# Each part has sequences of its own, the same in every run, and takes well below the limit of one test.
PARTS = range(100, 128) if SOAK else range(2)
SEQUENCES = 20
STEPS = 12

BACKUPS = 4
THEIRS_TOO = f"{THEIRS} too"
NAMES = ("one", "two", "three", "four", "five")
# Tasks that end in other ways than they should, so that a second submission may follow on the watch.
FAILING = ("F5-task-failed", "I10-task-completed-for-nothing", "F3-task-in-unknown-state")
# Left out: what no report can know (a stuck task, one slower than the watch, with its id lost).
_LEFT_OUT = (
    "F1-task-stuck",
    "I9-task-slower-than-doubt",
    "D21-post-taken-503",
)
USABLE = [fault for fault in FAULTS if fault.id not in _LEFT_OUT]
# Somebody else renames or deletes the first backup in the middle of a run.
INTERFERING = {
    fault.id
    for fault in FAULTS
    if any(one["action"].get("meanwhile", {}).keys() & {"patch", "delete"} for one in fault.rules)
}

backups = st.integers(0, BACKUPS - 1)
names = st.sampled_from(NAMES)
plans = st.one_of(
    st.tuples(st.tuples(backups, names)),
    st.lists(st.tuples(backups, names), min_size=2, max_size=BACKUPS, unique_by=lambda wanted: wanted[0]).map(tuple),
)
faults = st.lists(st.sampled_from(USABLE), max_size=3, unique_by=lambda fault: fault.id)


class RenameModel(RuleBasedStateMachine):
    """One simulator, one user, and others."""

    def __init__(self, simulator: Simulator, processes: Processes) -> None:
        super().__init__()
        self._control = simulator.control
        self._processes = processes
        self._connection = targets.connection(simulator, "svt_backup_rename")
        self._directory = tempfile.TemporaryDirectory()
        self._control.reset()
        self._ids = [BACKUP, *sorted(self._names().keys() - {BACKUP})][:BACKUPS]
        # by backup, the names that earlier runs asked for and did not see come or end: the next run that asks for one
        # of them follows what was sent, and may not see it end either
        self._left_open: dict[str, set[str]] = defaultdict(set)
        self._untouched = {id: name for id, name in self._names().items() if id not in self._ids}

    def teardown(self) -> None:
        self._directory.cleanup()

    @rule(plan=plans, faults=faults, single=st.booleans())
    def rename(self, plan: Sequence[tuple[int, str]], faults: Sequence[Any], single: bool) -> None:
        """Rename one or many while up to three things go wrong."""
        wanted = self._begin(plan, faults)
        before = self._names()
        process = self._run(wanted, single)
        with figures.judged("model", "counterexamples"):
            self._judge(wanted, before, process, faults)

    @rule(plan=plans, faults=faults, step=st.integers(1, 20), when=st.sampled_from(["before", "after"]))
    def killed_and_run_again(
        self, plan: Sequence[tuple[int, str]], faults: Sequence[Any], step: int, when: str
    ) -> None:
        """A run that dies, and the next one, for which nothing goes wrong any more."""
        wanted = self._begin(plan, faults)
        before = self._names()
        first = self._run(wanted, True, kill=(step, when))
        if not first.was_killed:
            with figures.judged("model", "counterexamples"):
                self._judge(wanted, before, first, faults)
            return
        for one in self._control.changes():
            self._left_open[one["backup_id"]].add(one["new_name"])
        self._nothing_goes_wrong()
        again = self._run(wanted, True)
        # what the killed run had done is what the second one begins with: only its end can be judged by the names
        with figures.judged("model", "counterexamples"):
            self._judge(wanted, before, again, faults, after_a_kill=True)

    @rule()
    def list(self) -> None:
        """What the list shows is what there is."""
        options = {**self._connection, "fields": ["id", "name"]}
        result = self._processes.run(options, self._state, module="svt_backup_info").result
        assert {one["id"]: one["name"] for one in result["backups"]} == self._names()

    @rule(backup=backups, name=names)
    def others_rename(self, backup: int, name: str) -> None:
        """Another controller renames a backup."""
        if self._ids[backup] in self._names():
            self._control.patch("simplivity", "backups", self._ids[backup], name=name)

    @rule(backup=backups)
    def others_delete(self, backup: int) -> None:
        """Another controller deletes a backup, as long as some are left."""
        left = self._names().keys() & set(self._ids)
        if len(left) > 2 and self._ids[backup] in left:
            self._control.delete("simplivity", "backups", self._ids[backup])

    @property
    def _state(self) -> Path:
        return Path(self._directory.name)

    def _names(self) -> dict[str, str]:
        return {one["id"]: one["name"] for one in self._control.objects("simplivity", "backups")}

    def _begin(self, plan: Sequence[tuple[int, str]], faults: Sequence[Any]) -> dict[str, str]:
        self._control.clear_ledger()
        for fault in faults:
            self._control.set("simplivity", **fault.settings)
            self._control.fault(*({**rule, **self._as_of_now(rule), "name": fault.id} for rule in fault.rules))
        return {self._ids[number]: name for number, name in plan}

    def _as_of_now(self, rule: Mapping[str, Any]) -> Mapping[str, Any]:
        """An answer that is behind shows the name that the backup has before the run. Others give it one that it does
        not have: who gives back the name of before cannot be seen, as if nothing had been done."""
        now, action = self._names().get(BACKUP, OLD), rule["action"]
        if "backup.name" in action.get("mutate", {}):
            return {"action": {"mutate": {"backup.name": now}}}
        if now == THEIRS and "patch" in action.get("meanwhile", {}):
            return {"action": {"meanwhile": {"patch": {BACKUP: {"name": THEIRS_TOO}}}}}
        return {}

    def _nothing_goes_wrong(self) -> None:
        self._control.clear_faults()
        self._control.set(
            "simplivity",
            task_seconds=1.0,
            task_end_state=None,
            task_applies=None,
            apply_delay=0.0,
            task_visible_after=0.0,
            task_forgotten_after=None,
        )

    def _run(self, wanted: Mapping[str, str], single: bool, kill: tuple[int, str] | None = None) -> Process:
        renames = [{"id": id, "new_name": name} for id, name in wanted.items()]
        what = renames[0] if single and len(renames) == 1 else {"renames": renames, "on_error": "continue"}
        figures.record("model", renames=len(renames))
        # some faults are silence: a real second of it is enough
        limits = {**WAITING, "request_timeout": 20}
        return self._processes.run({**self._connection, **limits, **what}, self._state, kill=kill)

    def _applied(self, faults: Sequence[Any]) -> set[str]:
        """The backups of which a submission of the run was carried out, whatever their names are by now."""
        if any("task_applies" in fault.settings for fault in faults):
            return set()
        ended = {one["id"] for one in self._control.objects("simplivity", "tasks") if one["state"] == "COMPLETED"}
        return {one["backup_id"] for one in self._control.changes() if one["task_id"] in ended}

    def _judge(
        self,
        wanted: Mapping[str, str],
        before: Mapping[str, str],
        process: Process,
        faults: Sequence[Any],
        after_a_kill: bool = False,
    ) -> None:
        result, now = process.result, self._names()
        accepted = Counter(one["backup_id"] for one in self._control.changes())
        applied = self._applied(faults)
        interfered = {BACKUP} if INTERFERING & {one["fault"] for one in self._control.ledger()} else set()
        self._nothing_goes_wrong()
        self._control.advance(10_000)
        later = self._names()
        assert "this should not happen" not in str(result)
        assert {id: name for id, name in later.items() if id not in self._ids} == self._untouched
        kept = [id for id in self._ids if id not in wanted and id not in interfered]
        assert all(later.get(id) == before.get(id) for id in kept), "not asked for"
        for id, verdict in _verdicts(result, wanted).items():
            told = f"{id} told {verdict}: {before.get(id)!r}, {now.get(id)!r}, {later.get(id)!r}: {result.get('msg')}"
            # what others make of a backup behind a run that has seen its name is no fault of the report
            theirs = (THEIRS, THEIRS_TOO, None) if id in interfered and not after_a_kill else ()
            if verdict == "done":
                assert now.get(id) == later.get(id), told
                was_so = accepted[id] or before.get(id) == wanted[id]
                assert later.get(id) == wanted[id] or (later.get(id) in theirs and was_so), told
            if verdict == "not done" and not after_a_kill:
                assert later.get(id) in (before.get(id), *theirs), told
                assert id not in applied, f"done, and others came after it: {told}"
            if verdict == "open":
                was_sent = accepted[id] or any(fault.loses_answer for fault in faults)
                assert was_sent or wanted[id] in self._left_open[id], told
                self._left_open[id].add(wanted[id])
            elif accepted[id]:
                self._left_open.pop(id, None)
        if not result["changed"] and not after_a_kill:
            assert all(later.get(id) == before.get(id) for id in {*later, *before} - interfered), (
                f"changed: false: {result.get('msg')}"
            )
        most = 2 if any(fault.id in FAILING for fault in faults) else 1
        assert max(accepted.values(), default=0) <= most, f"submitted {accepted}: {result.get('msg')}"


def _verdicts(result: Mapping[str, Any], wanted: Mapping[str, str]) -> dict[str, str]:
    """What was said of each backup: done, not done, or open."""
    if "results" in result:
        words = {"renamed": "done", "unchanged": "done", "failed": "not done", "not_tried": "not done"}
        return {id: words.get(entry["outcome"], "open") for id, entry in zip(wanted, result["results"], strict=True)}
    failed, changed = result.get("failed", False), result["changed"]
    return dict.fromkeys(wanted, "done" if not failed else "open" if changed else "not done")


@pytest.mark.parametrize("part", [pytest.param(part, id=f"J9-part-{part}") for part in PARTS])
def test_no_sequence_makes_a_report_untrue(
    patient_simulator: Simulator, patient_processes: Processes, part: int
) -> None:
    @seed(part)
    def model() -> RenameModel:
        return RenameModel(patient_simulator, patient_processes)

    run_state_machine_as_test(
        model,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            # a sequence that was found is told as it is: to make it shorter takes longer than a test may
            phases=[Phase.generate],
        ),
    )


def test_what_an_earlier_run_left_open_is_still_open_after_another_change_was_refused(
    patient_simulator: Simulator, patient_processes: Processes
) -> None:
    """The model itself: a task in an unknown state stays open, whatever else is asked for in between (J9)."""
    model = RenameModel(patient_simulator, patient_processes)
    unknown_state = [fault for fault in FAULTS if fault.id == "F3-task-in-unknown-state"]
    model.rename(plan=((3, "one"),), faults=unknown_state, single=True)
    model.rename(plan=((3, "two"),), faults=[], single=True)
    model.rename(plan=((3, "one"),), faults=[], single=True)
    model.teardown()


def test_others_who_give_a_name_once_more_give_another(
    patient_simulator: Simulator, patient_processes: Processes
) -> None:
    """The model itself: the name of before, given back, would look as if nothing had been done (I14)."""
    model = RenameModel(patient_simulator, patient_processes)
    after_task = [fault for fault in FAULTS if fault.id == "I14-renamed-after-task"]
    for new_name in ("one", "two", "three"):
        model.rename(plan=((0, new_name),), faults=after_task, single=True)
    model.teardown()
