# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures that the fault tests have recorded, against the bars that they are held to, as a table.

Fails when a bar is not met, or when nothing was recorded for it. Those of the oldest requests and of `make soak` are
recorded by themselves: `versions.py --faults` judges the first, and --soak the others.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import workspace

DIRECTORY = workspace.BUILD / "figures"
OLDEST = DIRECTORY / "oldest"
# `make soak` in parts that can be run alone.
SOAKED = {part: DIRECTORY / f"soak-{part}" for part in ("model", "pairs", "leaks")}
REPORT = workspace.ROOT / "tests" / "faults" / "REPORT.md"
SOAK_REPORT = REPORT.with_name("SOAK.md")
Counts = Mapping[str, float]
Row = tuple[str, str, str, bool]


@dataclass(frozen=True)
class Bar:
    """One row: a figure, what is asked of it, how to say what was measured, and whether that is good enough."""

    figure: str
    asked: str
    measured: str
    is_met: Callable[[Counts], bool]


BARS = (
    Bar(
        "matrix",
        "every fault of the wire and of HTTP with the modules that can meet it",
        "{failed:.0f} failed of {cells:.0f} cells",
        lambda c: c["cells"] >= 3000 and not c["failed"],
    ),
    Bar(
        "rows",
        "rows of the catalogue in the names of the fault tests: one of each passed, not only skipped",
        "{not_tried:.0f} not tried of {rows:.0f}",
        lambda c: c["rows"] >= 223 and not c["not_tried"],
    ),
    Bar(
        "oldest",
        "the same on the oldest requests, with one module of each kind",
        "{matrix_failed:.0f} failed of {matrix_cells:.0f} cells",
        lambda c: c["matrix_cells"] >= 2000 and not c["matrix_failed"],
    ),
    Bar(
        "oldest",
        "there: runs past the limit, leaks, bad TLS accepted, requests to a second host; memory for a bomb",
        "{hangs_past_limit:.0f}, {leaks_secrets_found:.0f}, {tls_accepted:.0f}, {redirects_reached_second_host:.0f}; "
        "{memory_max_growth_mb:.0f} MB",
        lambda c: (
            c["memory_max_growth_mb"] < 50
            and not c["hangs_past_limit"] + c["leaks_secrets_found"]
            and not c["tls_accepted"] + c["redirects_reached_second_host"]
        ),
    ),
    Bar("hangs", "no run past its limit + 2 s", "{past_limit:.0f} of {runs:.0f} runs", lambda c: not c["past_limit"]),
    Bar(
        "leaks",
        "no secret in any output",
        "{secrets_found:.0f} in {outputs_scanned:.0f} outputs",
        lambda c: not c["secrets_found"],
    ),
    Bar(
        "leaks",
        "told beside it: how much of the whole product was searched; `make soak` searches all",
        "{in_plays:.0f} of {max_in_plays:.0f} cells in playbooks, {ad_hoc:.0f} of {max_ad_hoc:.0f} ad hoc",
        lambda c: c["in_plays"] >= 100 and c["ad_hoc"] >= 5,
    ),
    Bar(
        "hostile",
        "names and texts of others stay data, in one clean line",
        "{failed:.0f} failed of {cells:.0f} cells",
        lambda c: c["cells"] >= 800 and not c["failed"],
    ),
    Bar(
        "singles",
        "no wrong report, no unproven second submission, no crash",
        "{wrong:.0f}, {duplicates:.0f} and {crashes:.0f} in {tried:.0f} single faults",
        lambda c: c["tried"] >= 39 and not c["wrong"] + c["duplicates"] + c["crashes"],
    ),
    Bar(
        "pairs",
        "the same over at least 1,500 pairs of faults",
        "{wrong:.0f}, {duplicates:.0f} and {crashes:.0f} in {tried:.0f} pairs",
        lambda c: c["tried"] >= 1500 and not c["wrong"] + c["duplicates"] + c["crashes"],
    ),
    Bar(
        "pairs",
        # Which pairs these are, and why: tests/faults/README.md, and TRULY_UNKNOWN in rename/oracle.py.
        "`unknown` only where nobody could know, in at most 1 %",
        "{unknown:.0f} besides the {truly_unknown:.0f} of {tried:.0f} where nobody could: both answers lost "
        "{both_lost:.0f}, one lost and the other refused {lost_and_refused:.0f}, taken without a task and not done "
        "{task_not_named:.0f}, task forgotten and not done {task_forgotten:.0f}",
        lambda c: not c["unknown"] and c["truly_unknown"] <= 0.01 * c["tried"],
    ),
    Bar(
        "pairs",
        "told beside it: what reading back cannot show, as SimpliVity lists no tasks",
        "{second_submissions_beyond_knowledge:.0f} second submissions while a task that was lost outlived the watch",
        lambda c: c["second_submissions_beyond_knowledge"] <= c["tried"] / 100,
    ),
    Bar(
        "model",
        "at least 200 random renames without a counter-example",
        "{counterexamples:.0f} in {renames:.0f} renames",
        lambda c: c["renames"] >= 200 and not c["counterexamples"],
    ),
    Bar(
        "kills",
        "at least 100 kills, tasks of up to 14 s: the re-run ends as asked, no second submission of what is in flight",
        "{lost:.0f} lost, {second_submissions:.0f} second submissions in {kills:.0f} kills",
        lambda c: c["kills"] >= 100 and not c["lost"] + c["second_submissions"],
    ),
    Bar(
        "races",
        "100 races of two controllers: what each is told is true",
        "{wrong:.0f} wrong in {races:.0f}",
        lambda c: c["races"] >= 100 and not c["wrong"],
    ),
    Bar(
        "races",
        # SimpliVity takes no condition with a rename: see tests/faults/rename/test_races.py
        "told beside it: of two that ask for two names, both are told success; overlapping: neither saw the other",
        "{both_told_success:.0f} of {two_names:.0f}; {overlapping:.0f} overlapping",
        lambda c: c["two_names"] >= 100,
    ),
    Bar(
        "redirects",
        "no request to a second host",
        "{reached_second_host:.0f} in {tried:.0f} redirects",
        lambda c: not c["reached_second_host"],
    ),
    Bar("tls", "no bad TLS accepted", "{accepted:.0f} of {tried:.0f}", lambda c: not c["accepted"]),
    Bar("check_mode", "no write in check mode", "{writes:.0f} in {runs:.0f} runs", lambda c: not c["writes"]),
    Bar(
        "logins",
        "one login a run, and one for each 401",
        "{too_many:.0f} of {runs:.0f} runs",
        lambda c: not c["too_many"],
    ),
    Bar(
        "memory",
        "less than 50 MB more on a bomb of 300 MB",
        "{max_growth_mb:.0f} MB",
        lambda c: c["max_growth_mb"] < 50,
    ),
    Bar(
        "large_list",
        "100,000 backups in less than 500 MB and 60 s of processor time",
        "{max_mb:.0f} MB, {max_seconds:.0f} s",
        lambda c: c["max_mb"] < 500 and c["max_seconds"] < 60,
    ),
    Bar(
        "clock",
        "a jump of the wall clock by an hour moves a wait by less than a poll",
        "at most {max_polls:.2f} of one, {tried:.0f} jumps",
        lambda c: c["max_polls"] < 1,
    ),
    Bar(
        "texts",
        "every failure in one clean line of at most 1,000 characters",
        "{bad:.0f} of {messages:.0f}",
        lambda c: not c["bad"],
    ),
)


SOAK_BARS = (
    Bar(
        "soak-model",
        "at least 5,000 random renames without a counter-example",
        "{model_counterexamples:.0f} in {model_renames:.0f} renames",
        lambda c: c["model_renames"] >= 5000 and not c["model_counterexamples"],
    ),
    Bar(
        "soak-pairs",
        "all pairs of faults in both orders: no wrong report, no unproven second submission, no crash",
        "{pairs_wrong:.0f}, {pairs_duplicates:.0f} and {pairs_crashes:.0f} in {pairs_tried:.0f} of {pairs_max_all:.0f}",
        lambda c: (
            c["pairs_tried"] == c["pairs_max_all"] and not c["pairs_wrong"] + c["pairs_duplicates"] + c["pairs_crashes"]
        ),
    ),
    Bar(
        "soak-pairs",
        "there: `unknown` only where nobody could know, in at most 1 %",
        "{pairs_unknown:.0f} besides the {pairs_truly_unknown:.0f} of {pairs_tried:.0f} where nobody could",
        lambda c: not c["pairs_unknown"] and c["pairs_truly_unknown"] <= 0.01 * c["pairs_tried"],
    ),
    Bar(
        "soak-leaks",
        "no secret in any output of the whole product",
        "{leaks_secrets_found:.0f} in {leaks_in_plays:.0f} of {leaks_max_in_plays:.0f} cells in playbooks, "
        "{leaks_ad_hoc:.0f} of {leaks_max_ad_hoc:.0f} ad hoc",
        lambda c: (
            c["leaks_in_plays"] == c["leaks_max_in_plays"]
            and c["leaks_ad_hoc"] == c["leaks_max_ad_hoc"]
            and not c["leaks_secrets_found"]
        ),
    ),
)


def totals() -> dict[str, dict[str, float]]:
    """The counts of each figure: added up, or the largest where the name begins with `max_`."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for figure, name, value in _recorded():
        before = found[figure].get(name, 0)
        found[figure][name] = max(before, value) if "max_" in name else before + value
    if tried := found.get("rows"):
        found["rows"] = {"rows": len(tried), "not_tried": sum(not passed for passed in tried.values())}
    return found


def _recorded() -> Iterator[tuple[str, str, float]]:
    """Figure, name and value of each count; all those of a directory below belong to one figure, named after it."""
    for directory in (DIRECTORY, OLDEST, *SOAKED.values()):
        for path in sorted(directory.glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                record = json.loads(line)
                figure = record.pop("figure")
                for name, value in record.items():
                    below = (directory.name, f"{figure}_{name}", value)
                    yield (figure, name, value) if directory == DIRECTORY else below


def rows(found: Mapping[str, Counts], bars: Sequence[Bar] = BARS) -> list[Row]:
    """Figure, bar, what was measured, whether it is met."""
    made: list[Row] = []
    for one in bars:
        counts = found.get(one.figure, {})
        try:
            made.append((one.figure, one.asked, one.measured.format(**counts), one.is_met(counts)))
        except KeyError:
            made.append((one.figure, one.asked, "nothing was measured", False))
    return made


def as_text(oldest: bool) -> str:
    """The table for a terminal, with or without what was measured on the oldest requests."""
    return _lines([row for row in rows(totals()) if oldest or row[0] != "oldest"])


def soak_as_text(parts: Collection[str]) -> str:
    """The table of these parts of `make soak`."""
    return _lines(_soaked(parts))


def _soaked(parts: Collection[str]) -> list[Row]:
    return [row for row in rows(totals(), SOAK_BARS) if row[0].removeprefix("soak-") in parts]


def _lines(made: Sequence[Row]) -> str:
    wide, wider = max(len(row[0]) for row in made), max(len(row[2]) for row in made)
    lines = [
        f"  {'met ' if met else 'MISS'}  {figure:<{wide}}  {measured:<{wider}}  {asked}"
        for figure, asked, measured, met in made
    ]
    return "\n".join(lines)


def are_met(oldest: bool = False) -> bool:
    """Whether the bars are met of the figures that the fault tests record; or of those on the oldest requests."""
    return all(met for figure, _asked, _measured, met in rows(totals()) if (figure == "oldest") is oldest)


def soak_is_met(parts: Collection[str]) -> bool:
    """Whether the bars of these parts of `make soak` are met."""
    return all(met for _figure, _asked, _measured, met in _soaked(parts))


def begin(directory: Path) -> None:
    """Forget what was recorded there, and note what is measured from now on."""
    directory.mkdir(parents=True, exist_ok=True)
    for path in directory.glob("*.jsonl"):
        path.unlink()
    (directory / "of").write_text(time.strftime("%Y-%m-%d, ", time.gmtime()) + _state(), encoding="utf-8")


def _state() -> str:
    """The commit that is checked out, and whether files are not as it has them."""
    commit = _git("rev-parse", "--short=10", "HEAD")
    but_the_reports = [f":!{report.relative_to(workspace.ROOT)}" for report in (REPORT, SOAK_REPORT)]
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", *but_the_reports)
    return f"commit {commit or 'unknown'}{' with changes that are in no commit' if changed else ''}"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=workspace.ROOT, capture_output=True, encoding="utf-8", check=False)
    return done.stdout.strip()


def _noted(directory: Path) -> str:
    note = directory / "of"
    return note.read_text(encoding="utf-8") if note.exists() else "not measured"


def as_markdown() -> str:
    """The report that is kept beside the tests."""
    return _report(
        "What the fault tests measured",
        f"Written by `make faults`. Measured: {_noted(DIRECTORY)}; on the oldest requests: {_noted(OLDEST)}.",
        rows(totals()),
    )


def soak_as_markdown() -> str:
    """The report of `make soak`."""
    measured = "; ".join(f"{part}: {_noted(directory)}" for part, directory in SOAKED.items())
    return _report(
        "What the long run of the fault tests measured",
        f"Written by `make soak`. Measured: {measured}.",
        rows(totals(), SOAK_BARS),
    )


def _report(title: str, written: str, made: Sequence[Row]) -> str:
    table = "\n".join(
        f"| {figure} | {asked} | {measured} | {'yes' if met else '**no**'} |" for figure, asked, measured, met in made
    )
    return f"""<!--
Copyright: (c) 2026, safehold.backup contributors
GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->

# {title}

{written}
Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}.

| Figure | Bar | Measured | Met |
| --- | --- | --- | --- |
{table}
"""


def main() -> int:
    """Runs the program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clear", action="store_true", help="forget what was recorded")
    parser.add_argument("--write", action="store_true", help="write the report that is kept beside the tests as well")
    parser.add_argument("--soak", nargs="*", choices=list(SOAKED), help="of `make soak`: all of it, or these parts")
    options = parser.parse_args()
    parts = options.soak or (list(SOAKED) if options.soak is not None else [])
    if options.clear:
        for directory in [SOAKED[part] for part in parts] or [DIRECTORY]:
            begin(directory)
        return 0
    if parts:
        print(soak_as_text(parts))
        if options.write:
            SOAK_REPORT.write_text(soak_as_markdown(), encoding="utf-8")
        return 0 if soak_is_met(parts) else 1
    print(as_text(oldest=options.write))
    if options.write:
        REPORT.write_text(as_markdown(), encoding="utf-8")
    return 0 if are_met() else 1


if __name__ == "__main__":
    sys.exit(main())
