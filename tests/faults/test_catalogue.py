# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every row of the fault catalogue has a fault test that bears its id, or a written reason why it has none."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict

import pytest

from faults.catalogue import ALL, DECIDED, ELSEWHERE, EVERY_MODULE, FEWER, NOT_TESTED, modules_in, named_in
from simulator.process import PROGRAM

ROOT = PROGRAM.parents[1]
HTTP = "ABCDEFG"  # the tables of what one request, and its answer, can meet


@pytest.fixture(scope="module")
def tests() -> list[str]:
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests"],
        cwd=ROOT, capture_output=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert collected.returncode == 0, collected.stdout[-3000:] + collected.stderr[-3000:]
    return [line for line in collected.stdout.splitlines() if "::" in line]


@pytest.fixture(scope="module")
def named(tests: list[str]) -> set[str]:
    return {row for test in tests for row in named_in(test)}


@pytest.fixture(scope="module")
def named_here(tests: list[str]) -> set[str]:
    return {row for test in tests if test.startswith("tests/faults/") for row in named_in(test)}


def test_every_row_has_a_fault_test_or_a_reason(named_here: set[str]) -> None:
    missing = _sorted(ALL - named_here - {*NOT_TESTED, *ELSEWHERE})
    assert not missing, f"no fault test and no reason: {' '.join(missing)}"


def test_no_reason_is_out_of_date(tests: list[str], named: set[str], named_here: set[str]) -> None:
    assert not set(NOT_TESTED) & named
    assert not set(ELSEWHERE) & named_here
    for row, reason in ELSEWHERE.items():
        assert any(row in named_in(test) for test in tests if test.startswith(reason.partition(":")[0])), row
    assert {*NOT_TESTED, *ELSEWHERE, *DECIDED, *FEWER} <= ALL
    assert named <= ALL, f"no such rows: {sorted(named - ALL)}"


def test_every_module_meets_the_rows_of_http_or_a_reason_says_why_not(tests: list[str]) -> None:
    met: dict[str, set[str]] = defaultdict(set)
    for test in tests:
        if test.startswith("tests/faults/"):
            for row in named_in(test):
                met[row] |= modules_in(test)
    wrong = []
    for row in _sorted({row for row in ALL if row[0] in HTTP}):
        wanted, _reason = FEWER.get(row, (EVERY_MODULE, ""))
        if met[row] != wanted:
            wrong.append(f"{row}: missing {sorted(wanted - met[row])}, not expected {sorted(met[row] - wanted)}")
    assert not wrong, "\n".join(wrong)


def _sorted(rows: set[str]) -> list[str]:
    return sorted(rows, key=lambda row: (row[0], int(row[1:])))


def test_there_are_224_rows() -> None:
    assert len(ALL) == 224


NAMES = {
    "tests/a1/test_b2.py::test_d2_d17_a_token_dies": {"D2", "D17"},
    "tests/x.py::test_x[D16-date-E2]": {"D16", "E2"},
    "tests/x.py::test_x[svt_backup_info-d4-v1.11-b1]": set(),
    "tests/x.py::test_api1_h264_of_c99": {"C99"},
    "tests/x.py::test_x[p4ss%2FW0rd%C3%B6-rd]": set(),
}


def test_ids_are_read_from_names() -> None:
    assert {name: named_in(name) for name in NAMES} == NAMES
