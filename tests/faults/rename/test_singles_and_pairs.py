# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One rename in every world with one fault, and with two: the report is the truth (reliability.md 3, 4 and 6g)."""

from __future__ import annotations

import os

import pytest

from faults.harness import figures
from simulator.process import Simulator

from . import oracle
from .single_faults import FAULTS, Fault
from .world import Happened, rename_in

SOAK = bool(os.environ.get("SAFEHOLD_SOAK"))


@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.id) for fault in FAULTS])
def test_a_single_fault(patient_simulator: Simulator, fault: Fault) -> None:
    """Each fault alone ends in the one way that is written beside it, with one submission taken at most."""
    happened = rename_in(patient_simulator, [fault])
    beyond = oracle.beyond_knowledge(happened)
    figures.record(
        "singles",
        tried=1,
        wrong=int(bool(oracle.wrong(happened))),
        duplicates=int(bool(oracle.without_proof(happened)) and not beyond),
        crashes=int(bool(oracle.crashes(happened))),
    )
    assert _end(happened) == (fault.ends_as, fault.changed, fault.accepted)
    assert not oracle.repeats(happened)
    assert not complaints(happened)
    hit = {one["fault"] for one in happened.truth.ledger}
    assert fault.id in hit or not fault.rules, "the fault did not happen"


@pytest.mark.parametrize("number", [pytest.param(number, id=fault.id) for number, fault in enumerate(FAULTS)])
def test_a_fault_and_every_other(patient_simulator: Simulator, number: int) -> None:
    """All pairs of this fault with itself and those behind it; in a long run with those before it as well."""
    found: list[str] = []
    for second in FAULTS if SOAK else FAULTS[number:]:
        happened = rename_in(patient_simulator, [FAULTS[number], second])
        wrong = complaints(happened)
        found += [f"{oracle.describe(happened.faults)}: {complaint}" for complaint in wrong]
        _count(happened, bool(wrong))
    assert not found, "\n".join(found)


def _end(happened: Happened) -> tuple[str | None, bool, int]:
    return happened.seen.kind, happened.seen.result["changed"], len(happened.truth.accepted)


def complaints(happened: Happened) -> list[str]:
    """Everything that must not be."""
    found = [*oracle.crashes(happened), *oracle.wrong(happened)]
    found += oracle.without_proof(happened)
    if happened.seen.kind == "unknown_outcome":
        found += oracle.too_little_said(happened)
    left = oracle.sessions_left(happened)
    if left:
        found.append(f"{left} sessions are still open")
    return found


def _count(happened: Happened, wrong: bool) -> None:
    beyond = oracle.beyond_knowledge(happened)
    unproven = oracle.without_proof(happened)
    twice = len(happened.truth.accepted) > 1
    unknown = happened.seen.kind == "unknown_outcome"
    why = oracle.truly_unknown(happened) if unknown else None
    figures.record(
        "pairs",
        tried=1,
        max_all=len(FAULTS) ** 2,
        wrong=int(wrong),
        duplicates=int(bool(unproven) and not beyond),
        crashes=int(bool(oracle.crashes(happened))),
        unknown=int(unknown and why is None),
        truly_unknown=int(why is not None),
        **{reason: int(reason == why) for reason in oracle.TRULY_UNKNOWN},
        # a task whose id was lost and that takes longer than the watch cannot be seen: SimpliVity lists no tasks
        second_submissions_beyond_knowledge=int(twice and bool(beyond)),
        # the first was taken and failed, and the backup was seen unchanged for the whole watch
        second_submissions_after_proof=int(twice and not beyond and not unproven),
    )
