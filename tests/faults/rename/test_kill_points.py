# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module process killed at every request, then run again: the asked state, and no second submission (J9)."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from faults.harness import figures
from faults.harness.scanner import assert_nothing_leaked
from simulator.process import Simulator

from .plans import FAST, OUTLIVES, PATIENT, SLOW, Plan
from .processes import Processes
from .single_faults import FAULTS

# Steps of a run that waits for a slow task are many and alike: so many are killed at.
MOST_STEPS = 18
IN_FLIGHT = {
    fault.id: fault
    for fault in FAULTS
    if fault.id
    in (
        "B2-post-taken-reset",
        "D21-post-500",
        "F9-task-invisible-at-first",
        "F15-poll-503-three-times",
        "D2-poll-401",
        "I12-read-back-404",
    )
}
before_and_after = pytest.mark.parametrize("when", ["before", "after"])


@before_and_after
@pytest.mark.parametrize("seconds", [pytest.param(FAST, id="fast"), pytest.param(SLOW, id="slow")])
@pytest.mark.parametrize("size", [pytest.param(None, id="J9-single"), pytest.param(3, id="J9-bulk")])
def test_killed_at_every_request(
    patient_simulator: Simulator,
    patient_processes: Processes,
    tmp_path: Path,
    size: int | None,
    seconds: float,
    when: str,
) -> None:
    kills = _kill_at_every_step(patient_simulator, patient_processes, tmp_path, size, seconds, when)
    assert kills >= 7, f"only {kills} steps were reached"


@before_and_after
@pytest.mark.parametrize("fault", [pytest.param(name, id=f"J9-{name}") for name in IN_FLIGHT])
def test_killed_at_every_request_while_something_else_goes_wrong(
    patient_simulator: Simulator, patient_processes: Processes, tmp_path: Path, fault: str, when: str
) -> None:
    kills = _kill_at_every_step(patient_simulator, patient_processes, tmp_path, None, FAST, when, fault)
    assert kills >= 7, f"only {kills} steps were reached"


@pytest.mark.parametrize(
    "remembered",
    [
        # the state directory of the killed run is not there: another machine, a container that was thrown away
        pytest.param("elsewhere", id="J9-on-another-machine"),
        # it can never be made
        pytest.param("nowhere", id="J9-without-a-state-directory"),
    ],
)
def test_killed_and_run_again_without_memory(
    process_simulator: Simulator, processes: Processes, tmp_path: Path, remembered: str
) -> None:
    """SimpliVity lists no tasks, so what is in flight cannot be found: the end is as asked all the same, with one more
    submission at most."""
    process_simulator.control.set("simplivity", task_seconds=OUTLIVES)
    plan = Plan(process_simulator, 3)
    first, second = tmp_path / "first", tmp_path / "second"
    if remembered == "nowhere":
        first.write_text("not a directory")
        second = first
    process = processes.start(plan.with_options(**PATIENT), first)
    plan.wait_for_submissions(3)
    process.send(signal.SIGKILL)
    process.ended()
    again = processes.start(plan.with_options(**PATIENT), second)
    plan.wait_for_submissions(6)
    process_simulator.control.advance(OUTLIVES)
    assert not again.failed, again.result["msg"]
    assert_nothing_leaked(again.text, [plan.options["password"]])
    assert plan.names() == plan.wanted
    assert plan.others_untouched()
    assert max(plan.accepted().values()) <= 2


def _kill_at_every_step(
    simulator: Simulator,
    processes: Processes,
    directory: Path,
    size: int | None,
    seconds: float,
    when: str,
    fault: str | None = None,
) -> int:
    """How many runs were killed; the one that came to its end is the last."""
    for step in range(1, MOST_STEPS + 1):
        simulator.control.reset()
        simulator.control.set("simplivity", task_seconds=seconds)
        if fault is not None:
            simulator.control.set("simplivity", **IN_FLIGHT[fault].settings)
            simulator.control.fault(*IN_FLIGHT[fault].rules)
        plan = Plan(simulator, size)
        state = directory / str(step)
        first = processes.run(plan.options, state, kill=(step, when))
        if not first.was_killed:
            assert not first.failed, first.result["msg"]
            return step - 1
        assert first.text == "", "a killed process says nothing"
        # what goes wrong is over: what was killed is what counts
        simulator.control.clear_faults()
        _run_again(simulator, processes, plan, state, f"killed {when} request {step}")
    return MOST_STEPS


def _run_again(simulator: Simulator, processes: Processes, plan: Plan, state: Path, killed: str) -> None:
    again = processes.run(plan.options, state)
    accepted = plan.accepted()
    lost = again.failed or plan.names() != plan.wanted
    figures.record("kills", kills=1, lost=int(lost), second_submissions=sum(accepted.values()) - len(accepted))
    assert not again.failed, f"{killed}: {again.result['msg']}"
    assert plan.names() == plan.wanted, killed
    assert plan.others_untouched(), killed
    assert accepted == dict.fromkeys(plan.wanted, 1), f"{killed}: submissions {accepted}"
    # what the killed run remembered does not stand in the way of the next change
    simulator.control.set("simplivity", task_seconds=0)
    undone = processes.run(plan.undo, state)
    assert not undone.failed, f"{killed}: {undone.result['msg']}"
    assert plan.names() == {id: plan.old[id] for id in plan.wanted}, killed
    assert plan.accepted() == dict.fromkeys(plan.wanted, 2), f"{killed}: undone by {plan.accepted() - accepted}"
