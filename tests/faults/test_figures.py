# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of figures shows what the tests recorded, and calls nothing met that was not measured."""

from __future__ import annotations

from pathlib import Path

import pytest

import figures as table
from faults.harness.figures import record


@pytest.fixture(autouse=True)
def _recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "DIRECTORY", tmp_path)
    monkeypatch.setattr(table, "OLDEST", tmp_path / "oldest")
    monkeypatch.setattr(table, "SOAKED", {part: tmp_path / directory.name for part, directory in table.SOAKED.items()})
    table.begin(table.DIRECTORY)
    table.begin(table.OLDEST)
    monkeypatch.setenv("SAFEHOLD_FIGURES", str(tmp_path))


def shown(figure: str) -> list[tuple[str, bool]]:
    return [(measured, met) for name, _asked, measured, met in table.rows(table.totals()) if name == figure]


def test_what_was_not_measured_is_not_met() -> None:
    rows = table.rows(table.totals())
    assert rows
    assert all(row[2:] == ("nothing was measured", False) for row in rows)
    assert not table.are_met() and not table.are_met(oldest=True)


def test_counts_are_added_up_and_the_largest_is_kept() -> None:
    for polls in (0.25, 0.5, 0.0):
        record("clock", tried=1, max_polls=polls)
    assert shown("clock") == [("at most 0.50 of one, 3 jumps", True)]
    record("clock", tried=1, max_polls=1.0)
    assert shown("clock") == [("at most 1.00 of one, 4 jumps", False)]


def test_one_failed_cell_misses_the_bar() -> None:
    record("matrix", cells=4000, failed=0)
    assert shown("matrix") == [("0 failed of 4000 cells", True)]
    record("matrix", cells=1, failed=1)
    assert shown("matrix") == [("1 failed of 4001 cells", False)]


def test_a_row_whose_tests_are_all_skipped_is_not_met() -> None:
    for number in range(223):
        record("rows", **{f"max_A{number}": 1})
    record("rows", max_A1=0)  # another test of a row that was tried
    assert shown("rows") == [("0 not tried of 223", True)]
    record("rows", max_B1=0)
    assert shown("rows") == [("1 not tried of 224", False)]


def test_the_oldest_requests_have_rows_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    record("tls", tried=9, accepted=0)
    monkeypatch.setenv("SAFEHOLD_FIGURES", str(table.OLDEST))
    for figure, counts in {
        "matrix": {"cells": 2500, "failed": 0},
        "hangs": {"runs": 2500, "past_limit": 0},
        "leaks": {"outputs_scanned": 9, "secrets_found": 0},
        "tls": {"tried": 99, "accepted": 0},
        "redirects": {"tried": 9, "reached_second_host": 0},
        "memory": {"bombs": 1, "max_growth_mb": 18.7},
    }.items():
        record(figure, **counts)
    assert shown("oldest") == [("0 failed of 2500 cells", True), ("0, 0, 0, 0; 19 MB", True)]
    assert shown("tls") == [("0 of 9", True)]
    assert table.are_met(oldest=True) and not table.are_met()
    record("tls", tried=1, accepted=1)
    assert not table.are_met(oldest=True)
    assert "oldest" in table.as_text(oldest=True) and "oldest" not in table.as_text(oldest=False)


def test_the_long_run_proves_that_it_did_all_that_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def soaked() -> dict[str, bool]:
        return {part: table.soak_is_met([part]) for part in table.SOAKED}

    def add(part: str, figure: str, **counts: float) -> None:
        table.SOAKED[part].mkdir(exist_ok=True)
        monkeypatch.setenv("SAFEHOLD_FIGURES", str(table.SOAKED[part]))
        record(figure, **counts)

    assert not any(soaked().values())
    add("model", "model", renames=4999, counterexamples=0)
    add("pairs", "pairs", tried=99, max_all=100, wrong=0, duplicates=0, crashes=0, unknown=0, truly_unknown=1)
    add("leaks", "leaks", in_plays=240, max_in_plays=240, ad_hoc=199, max_ad_hoc=200, secrets_found=0)
    assert not any(soaked().values())
    add("model", "model", renames=1)
    add("pairs", "pairs", tried=1)
    add("leaks", "leaks", ad_hoc=1)
    assert all(soaked().values())
    assert "0 in 5000 renames" in table.soak_as_text(["model"]) and "pairs" not in table.soak_as_text(["model"])
    assert "0, 0 and 0 in 100 of 100" in table.soak_as_markdown()
    assert table.rows(table.totals())[0][2:] == ("nothing was measured", False), "another run's figures are left alone"
    add("model", "model", counterexamples=1)
    add("pairs", "pairs", wrong=1)
    add("leaks", "leaks", secrets_found=1)
    assert not any(soaked().values())


def test_the_report_names_what_was_measured_and_not_what_is_checked_out_now(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = (table.DIRECTORY / "of").read_text(encoding="utf-8")
    assert "commit " in noted and noted[:2] == "20"
    monkeypatch.setattr(table, "_git", lambda *_arguments: "another")
    assert f"Measured: {noted}; on the oldest requests: {noted}." in table.as_markdown()
    table.begin(table.OLDEST)
    assert "commit another with changes that are in no commit" in table.as_markdown()
