# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that ends before its work does leaves what the next one needs: ids, and the sentence that says how to go on.

Real module processes: a timeout, a signal, a kill, each with one rename and with many. The next run finishes the rest,
and nothing that was submitted is submitted again.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from faults.harness.scanner import assert_nothing_leaked
from simulator.process import Simulator

from .plans import FAST, OUTLIVES, PATIENT, SLOW, Plan
from .processes import HANGS, Process, Processes

single_and_bulk = pytest.mark.parametrize("size", [None, 4], ids=["single", "bulk"])


@pytest.fixture
def slow(process_simulator: Simulator) -> Simulator:
    """A simulator whose tasks outlive the first run, and end when the next one looks at them."""
    process_simulator.control.set("simplivity", task_seconds=OUTLIVES)
    return process_simulator


@pytest.fixture
def patient_slow(patient_simulator: Simulator) -> Simulator:
    """The same, in the time of the only process that runs."""
    patient_simulator.control.set("simplivity", task_seconds=SLOW)
    return patient_simulator


def finishes(
    processes: Processes, plan: Plan, state: Path, first: Mapping[str, Any] | None = None
) -> Mapping[str, Any]:
    """Run it again: all is done, nothing twice, nothing else. first: what the first run had reported."""
    return _finished(processes.run(plan.options, state), plan, first)


def follows(
    simulator: Simulator, processes: Processes, plan: Plan, state: Path, first: Mapping[str, Any] | None = None
) -> Mapping[str, Any]:
    """The same in real time: what was under way ends when the next run has looked at it."""
    control = simulator.control
    control.set("simplivity", task_seconds=FAST)
    others = {_session(one) for one in control.requests("simplivity", "GET", "/tasks/")}
    again = processes.start(plan.with_options(**PATIENT), state)
    _until(
        lambda: {_session(one) for one in control.requests("simplivity", "GET", "/tasks/")} - others,
        "a look of the next run",
    )
    control.advance(OUTLIVES)
    return _finished(again, plan, first)


def _finished(again: Process, plan: Plan, first: Mapping[str, Any] | None) -> Mapping[str, Any]:
    assert_nothing_leaked(again.text, [plan.options["password"]])
    assert not again.failed, again.result["msg"]
    assert plan.names() == plan.wanted
    assert plan.others_untouched()
    assert plan.accepted() == dict.fromkeys(plan.wanted, 1)
    for before, after in zip((first or {}).get("results", ()), again.result.get("results", ()), strict=False):
        assert before["id"] == after["id"]
        if before["outcome"] == "renamed":
            assert after["outcome"] == "unchanged", "what is done stays untouched"
    return again.result


def submitted(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The entries of the changes that were under way: of a single rename the result itself."""
    if "results" not in result:
        return [result]
    return [entry for entry in result["results"] if entry["outcome"] == "unknown"]


def outcomes(result: Mapping[str, Any]) -> Counter[str]:
    """How many changes ended how."""
    return Counter(entry["outcome"] for entry in result["results"])


@single_and_bulk
@pytest.mark.parametrize("row", ["F1"])
def test_a_timeout(
    patient_slow: Simulator, patient_processes: Processes, tmp_path: Path, size: int | None, row: str
) -> None:
    plan = Plan(patient_slow, size)
    first = patient_processes.run(plan.with_options(wait_timeout=2, parallel=2), tmp_path).result
    tasks = {one["id"] for one in patient_slow.control.objects("simplivity", "tasks")}
    assert first["failed"] and first["changed"]
    assert first["failure"]["kind"] == "task_timeout"
    assert first["failure"]["elapsed"] > 0
    assert "goes on by itself: follow it with svt_task_info, id '" in first["msg"]
    assert "IN_PROGRESS" in first["msg"] and " %)" in first["msg"] and "2 s (wait_timeout)" in first["msg"]
    assert {entry["failure"]["task"]["id"] for entry in submitted(first)} == tasks
    assert all(entry["failure"]["submitted"] for entry in submitted(first))
    assert all(entry["task"]["id"] in tasks for entry in submitted(first))
    if size is not None:
        # with on_error: stop no more than `parallel` are ever under way
        assert outcomes(first) == {"unknown": 2, "not_tried": 2}
    finishes(patient_processes, plan, tmp_path, first)


@single_and_bulk
def test_a_timeout_and_then_the_module_that_follows_tasks(
    patient_slow: Simulator, patient_processes: Processes, tmp_path: Path, size: int | None
) -> None:
    """The sentence is true: when the task has ended, running it again changes nothing and submits nothing (F1)."""
    plan = Plan(patient_slow, size)
    patient_processes.run(plan.with_options(wait_timeout=2), tmp_path)
    patient_slow.control.advance(SLOW)
    result = finishes(patient_processes, plan, tmp_path)
    assert result["changed"] is False


@single_and_bulk
@pytest.mark.parametrize("row", ["J8"])
def test_a_sigterm_in_mid_wait(
    slow: Simulator, processes: Processes, tmp_path: Path, size: int | None, row: str
) -> None:
    plan = Plan(slow, size)
    process = processes.start(plan.with_options(**PATIENT), tmp_path)
    plan.wait_for_submissions(len(plan.wanted))
    _until_polled(slow, len(plan.wanted))
    process.send(signal.SIGTERM)
    first = process.result
    tasks = {one["id"] for one in slow.control.objects("simplivity", "tasks")}
    assert first["failed"] and first["changed"]
    assert first["failure"]["kind"] == "unknown_outcome"
    assert "told to stop (SIGTERM) while it was under way" in first["msg"]
    assert "run this again: what is already done stays untouched" in first["msg"]
    assert {entry["failure"]["task"]["id"] for entry in submitted(first)} == tasks
    assert all(entry["failure"]["submitted"] for entry in submitted(first))
    assert slow.control.state()["simplivity"]["open_sessions"] == 0
    follows(slow, processes, plan, tmp_path, first)


@pytest.mark.parametrize("row", ["I17"])
def test_a_sigterm_in_mid_bulk(slow: Simulator, processes: Processes, tmp_path: Path, row: str) -> None:
    """Some are done, some are under way, some have not begun: each is told apart, and the next run goes on there."""
    slow.control.set("simplivity", task_seconds=FAST)
    # the first two are done before the third is sent, whose task outlives the run however busy the machine is
    outlives = {"meanwhile": {"set": {"task_seconds": OUTLIVES}}}
    slow.control.fault({"path": "/rename$", "skip": 2, "times": 1, "when": "before", "action": outlives})
    plan = Plan(slow, 6)
    process = processes.start(plan.with_options(**PATIENT, parallel=2), tmp_path)
    plan.wait_for_submissions(4)
    _until_polled(slow, 4)
    process.send(signal.SIGTERM)
    first = process.result
    assert outcomes(first) == {"renamed": 2, "unknown": 2, "not_tried": 2}
    assert all(entry["id"] and entry["old_name"] and entry["new_name"] for entry in first["results"])
    assert first["msg"].startswith("of 6: 2 renamed, 2 unknown, 2 not tried; ")
    untried = [entry for entry in first["results"] if entry["outcome"] == "not_tried"]
    assert all("before it began; run this again" in entry["msg"] for entry in untried)
    assert not any(entry["failure"]["submitted"] for entry in untried)
    follows(slow, processes, plan, tmp_path, first)


@single_and_bulk
@pytest.mark.parametrize(
    ("number", "row"),
    [
        # core kills a module of an asynchronous task at its limit, and no handler runs
        pytest.param(signal.SIGKILL, "J5", id="J5-async-limit"),
        pytest.param(signal.SIGINT, "J6", id="J6-ctrl-c"),
        pytest.param(signal.SIGTERM, "J6", id="J6-sigterm"),
    ],
)
def test_a_run_whose_report_is_lost(
    slow: Simulator, processes: Processes, tmp_path: Path, size: int | None, number: int, row: str
) -> None:
    """Whatever a module says when Ansible itself is ended, nobody reads: the next run must know all the same."""
    plan = Plan(slow, size)
    process = processes.start(plan.with_options(**PATIENT), tmp_path)
    plan.wait_for_submissions(len(plan.wanted))
    # a task whose answer was not read yet has no id that anybody could follow (test_kill_points.py)
    _until_polled(slow, len(plan.wanted))
    process.send(number)
    process.ended()
    follows(slow, processes, plan, tmp_path)


@single_and_bulk
@pytest.mark.parametrize("row", ["J7"])
def test_a_run_that_goes_on_unseen(
    slow: Simulator, processes: Processes, tmp_path: Path, size: int | None, row: str
) -> None:
    """When ansible-playbook is killed its module goes on; the user starts it once more, and the two do not fight."""
    plan = Plan(slow, size)
    unseen = processes.start(plan.with_options(**PATIENT), tmp_path)
    plan.wait_for_submissions(len(plan.wanted))
    _until_polled(slow, len(plan.wanted))
    result = follows(slow, processes, plan, tmp_path)
    assert not unseen.failed, unseen.result["msg"]
    assert result["changed"], "it was waited for"
    assert "by an earlier run" in str(result["warnings"])


@single_and_bulk
def test_wait_false_and_then_the_same_again(
    patient_slow: Simulator, patient_processes: Processes, tmp_path: Path, size: int | None
) -> None:
    """A task that was handed over is followed by whoever runs the same again (J14)."""
    plan = Plan(patient_slow, size)
    first = patient_processes.run(plan.with_options(wait=False), tmp_path)
    assert not first.failed and first.result["changed"]
    twice = patient_processes.run(plan.with_options(wait=False), tmp_path)
    assert not twice.failed and twice.result["changed"], twice.result
    finishes(patient_processes, plan, tmp_path)


@pytest.mark.parametrize("on_error", ["stop", "continue"])
@pytest.mark.parametrize("row", ["I16"])
def test_one_of_many_fails(
    patient_simulator: Simulator, patient_processes: Processes, tmp_path: Path, on_error: str, row: str
) -> None:
    """The policy is kept, and the result says of each what became of it."""
    plan = Plan(patient_simulator, 6)
    refused = list(plan.wanted)[2]
    patient_simulator.control.fault(
        {"path": f"/backups/{refused}/rename$", "times": 1, "action": {"status": 409, "json": {"message": "busy"}}}
    )
    first = patient_processes.run(plan.with_options(on_error=on_error, parallel=1), tmp_path).result
    done = {"stop": {"renamed": 2, "failed": 1, "not_tried": 3}, "continue": {"renamed": 5, "failed": 1}}[on_error]
    assert outcomes(first) == done
    assert first["changed"] and first["failure"]["kind"] == "conflict"
    assert [entry["id"] for entry in first["results"]] == list(plan.wanted)
    assert {entry["id"]: entry["old_name"] for entry in first["results"]} == {id: plan.old[id] for id in plan.wanted}
    assert plan.accepted() == {entry["id"]: 1 for entry in first["results"] if entry["outcome"] == "renamed"}
    finishes(patient_processes, plan, tmp_path, first)


@pytest.mark.parametrize(
    ("rule", "settings", "words"),
    [
        pytest.param(
            {"status": 409, "json": {"exception": "a.b.ObjectInUseException", "message": "The backup is in use."}},
            {},
            "The backup is in use.",
            id="I21-in-use",
        ),
        pytest.param(
            None,
            {"task_end_state": "FAILED", "task_error_code": 68, "task_error_message": "The backup is being created."},
            "The backup is being created.",
            id="I21-still-being-made",
        ),
    ],
)
def test_a_backup_that_cannot_be_renamed_now(
    patient_simulator: Simulator,
    patient_processes: Processes,
    tmp_path: Path,
    rule: Mapping[str, Any] | None,
    settings: Mapping[str, Any],
    words: str,
) -> None:
    """The server's own words reach the user, and the next run does what the first could not."""
    patient_simulator.control.set("simplivity", **settings)
    if rule:
        patient_simulator.control.fault({"path": "/rename$", "times": 1, "action": rule})
    plan = Plan(patient_simulator)
    first = patient_processes.run(plan.options, tmp_path).result
    assert first["failed"] and not first["changed"]
    assert words in first["msg"] and plan.names() == {id: plan.old[id] for id in plan.wanted}
    assert first["failure"]["kind"] in ("conflict", "task_failed")
    patient_simulator.control.set("simplivity", task_end_state=None, task_error_code=0, task_error_message="")
    patient_simulator.control.clear_ledger()
    finishes(patient_processes, plan, tmp_path)


def _session(request: Mapping[str, Any]) -> str:
    return next(value for name, value in request["headers"] if name.lower() == "authorization")


def _until_polled(simulator: Simulator, tasks: int) -> None:
    """Wait until so many tasks have been looked at: their ids have reached the module."""
    _until(
        lambda: len({one["path"] for one in simulator.control.requests("simplivity", "GET", "/tasks/")}) >= tasks,
        f"looks at {tasks} tasks",
    )


def _until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + HANGS
    while not condition():
        assert time.monotonic() < end, f"did not happen within {HANGS:g} s: {what}"
        time.sleep(0.005)
