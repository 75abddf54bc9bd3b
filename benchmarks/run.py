# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the modules side by side with what a user would otherwise run, against the simulator.

Prints tables, and writes them to benchmarks/RESULTS.md as soon as every scenario has been measured at its full size;
with --only the others stay as they were measured last. Goals that are missed are shown, not hidden.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scripts"), str(HERE.parent / "tests")]

import kept  # noqa: E402
import machine  # noqa: E402
import report  # noqa: E402
from measure import WorkNotDone  # noqa: E402
from plan import Plan  # noqa: E402

RESULTS = HERE / "RESULTS.md"
_FILES = sorted(HERE.glob("scenarios/s*.py"), key=lambda path: int(path.stem.partition("_")[0][1:]))
SCENARIOS = {path.stem.partition("_")[0].upper(): path.stem for path in _FILES}


def main() -> int:
    """Runs the program; fails when a scenario could not be measured."""
    options = _options()
    chosen = [name for name in SCENARIOS if not options.only or name in options.only]
    plan = Plan(options.runs, options.quick)
    found = {name: _measure(name, plan) for name in chosen}
    parts = [part for part in found.values() if part is not None]
    print(report.goals((part.name, part.goals) for part in parts), flush=True)
    broken = [name for name in chosen if found[name] is None]
    if broken:
        print(f"error: not measured: {' '.join(broken)}", file=sys.stderr)
        return 1
    everything = kept.known(SCENARIOS)
    if not plan.quick and len(everything) == len(SCENARIOS):
        RESULTS.write_text(_text(everything), encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help=f"scenarios, separated by commas, of {' '.join(SCENARIOS)}")
    parser.add_argument("--runs", type=int, default=5, help="runs of each contestant (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, to see that everything works")
    options = parser.parse_args()
    options.only = options.only.upper().split(",") if options.only else []
    unknown = sorted(set(options.only) - set(SCENARIOS))
    if unknown:
        parser.error(f"no such scenario: {' '.join(unknown)}; there are {' '.join(SCENARIOS)}")
    if options.runs < 1:
        parser.error("--runs: at least one")
    return options


def _measure(name: str, plan: Plan) -> kept.Kept | None:
    began, load = time.monotonic(), machine.load()
    print(f"{name}: measuring", file=sys.stderr, flush=True)
    try:
        section: report.Section = importlib.import_module(f"scenarios.{SCENARIOS[name]}").run(plan)
    except WorkNotDone as problem:
        print(f"{name}: {problem}", file=sys.stderr, flush=True)
        return None
    part = kept.kept(section, plan.runs, load, time.monotonic() - began)
    if not plan.quick:
        kept.keep(part)
    print(f"{part.text}\n", flush=True)
    return part


def _text(parts: Sequence[kept.Kept]) -> str:
    goals = [goal for part in parts for goal in part.goals]
    head = f"""\
<!--
Copyright: (c) 2026, safehold.backup contributors
GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->

# Benchmarks

Written by `make bench`. Whole processes against the simulator on the same machine, each run several times after one
that does not count, in rounds in which every contestant runs once. Times are medians; ratios are the median of the
ratios within the rounds, as what slows the machine slows all of a round.

- {machine.versions()}
- {machine.size()}

{sum(goal.met for goal in goals)} of {len(goals)} goals are met.

{report.goals((part.name, part.goals) for part in parts)}
"""
    return "\n".join([head, *(f"{part.text}\n" for part in parts)])


if __name__ == "__main__":
    sys.exit(main())
