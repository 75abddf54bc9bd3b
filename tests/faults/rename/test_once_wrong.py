# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Worlds in which the report was once wrong, each as small as it can be."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from simulator.process import Simulator

from . import oracle
from .single_faults import FAULTS, NEW, THEIRS
from .world import Happened, rename_in

BY_ID = {fault.id: fault for fault in FAULTS}


def happened_with(simulator: Simulator, *ids: str) -> Happened:
    return rename_in(simulator, [BY_ID[id] for id in ids])


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(["I14-renamed-after-task"], id="I14-renamed-after-task"),
        pytest.param(["F8-poll-completed-too-early", "I9-task-slower-than-busy"], id="F8-completed-too-early"),
        pytest.param(["I11-task-failed-but-applied", "I13-read-back-stale"], id="I11-failed-but-applied-and-stale"),
        pytest.param(["I11-task-failed-but-applied", "F24-applied-later"], id="I11-failed-but-applied-later"),
    ],
)
def test_the_report_is_the_truth(patient_simulator: Simulator, faults: Sequence[str]) -> None:
    happened = happened_with(patient_simulator, *faults)
    assert oracle.wrong(happened) == []


@pytest.mark.parametrize(
    "lost",
    [pytest.param(name, id=f"I5-{name}") for name in ("B1-post-reset", "D21-post-500", "D21-post-503")],
)
def test_a_name_that_others_gave_is_not_overwritten(patient_simulator: Simulator, lost: str) -> None:
    """The answer was lost, and reading back shows neither the old name nor the new: no second submission."""
    happened = happened_with(patient_simulator, lost, "I14-renamed-after-task")
    assert not oracle.overwrote_knowingly(happened)
    assert happened.truth.later == THEIRS != NEW
    assert happened.seen.failed
