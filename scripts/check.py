# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the steps of `make test`, two at a time, and says of each how it ended and how long it took.

The output of a step is in .build/log/<step>.log; that of one that failed is shown too. Lines of a log that begin
with NOTE: (what was left out, and why) are repeated in the summary.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

import figures
import workspace

LOGS = workspace.BUILD / "log"
PYTHON = str(workspace.VENV / "bin" / "python")
PLUGINS = workspace.BUILD / "tree" / workspace.IN_TREE / "plugins"
ENGINE = [str(PLUGINS / part) for part in ("module_utils", "plugin_utils", "callback")]
SHOWN_LINES = 80
SOAK = "soak"  # the group that is run only when it is named
SECONDS_AT_MOST = 4800  # for one command; nothing may hang for ever


@dataclass(frozen=True)
class Step:
    """Commands that are run one after the other, all of them even when one fails."""

    name: str
    commands: Sequence[Sequence[str]]
    group: str = ""
    env: dict[str, str] = field(default_factory=dict)
    seconds: float = SECONDS_AT_MOST


@dataclass(frozen=True)
class Ended:
    """What became of a step."""

    step: Step
    passed: bool
    seconds: float
    notes: Sequence[str] = ()


def _script(name: str, *arguments: str) -> list[str]:
    return [PYTHON, str(workspace.ROOT / "scripts" / name), *arguments]


def _pytest(directory: str, *arguments: str) -> list[str]:
    return [PYTHON, "-m", "pytest", directory, *arguments]


def _soaking(part: str, test: str) -> Step:
    """A part of `make soak`, which `make test` leaves out: it asks of one file of tests all that it can do."""
    return Step(
        f"soak-{part}",
        [
            _script("figures.py", "--clear", "--soak", part),
            # on a busy machine a play of all faults may take minutes
            _pytest(test, "-n", "2", "--dist", "worksteal", "--durations=15", "-o", "faulthandler_timeout=900"),
            _script("figures.py", "--soak", part),
        ],
        SOAK,
        {"SAFEHOLD_SOAK": "1", "SAFEHOLD_FIGURES": str(figures.SOAKED[part])},
        seconds=4 * SECONDS_AT_MOST,
    )


# The long ones first: then the two lanes end at about the same time.
STEPS = (
    Step("integration", [_pytest("tests/integration")]),
    # Much of it waits, for limits and for tasks: four at a time keep two cores busy.
    Step(
        "faults",
        [
            _script("figures.py", "--clear"),
            _pytest("tests/faults", "-n", "4", "--dist", "worksteal", "--durations=15"),
            _script("figures.py"),
        ],
        env={"SAFEHOLD_FIGURES": str(figures.DIRECTORY)},
    ),
    # Of the faults that `make ways` sends through the action, those of one module on the wire.
    Step(
        "ways",
        [_pytest("tests/faults/wire", "-n", "2", "--dist", "worksteal", "-k", "svt_backup_rename")],
        env={"SAFEHOLD_BOTH_WAYS": "1"},
    ),
    Step("versions", [_script("versions.py")]),
    Step("old-requests", [_script("versions.py", "--faults")]),
    Step("sanity", [_script("sanity.py")]),
    Step("molecule", [["molecule", "test", "--all"]]),
    # Runs every example of every module, one after the other: on two cores, or `make quick` would not be.
    Step("properties", [_pytest("tests/properties", "-n", "2", "--dist", "worksteal")]),
    Step("browser", [_script("chromium.py"), _script("html_validator.py"), _pytest("tests/browser")]),
    Step("unit", [_pytest("tests/unit")]),
    Step("artifact", [_script("artifact.py")]),
    Step("ansible-lint", [["ansible-lint"]], "lint"),
    Step(
        "docs-lint",
        [["antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=self", "."]],
        "lint",
    ),
    Step("mypy", [["mypy", *ENGINE], ["mypy", "scripts"], ["mypy", "benchmarks"]], "lint"),
    Step("ruff", [["ruff", "check"], ["ruff", "format", "--check"]], "lint"),
    Step("yamllint", [["yamllint", "--strict", "."]], "lint"),
    # Of the ways to find out a file's encoding, the one that needs no library of the system.
    Step("reuse", [["reuse", "lint"]], "lint", {"REUSE_ENCODING_MODULE": "charset_normalizer"}),
    Step("changelog", [["antsibull-changelog", "lint"]], "lint"),
    _soaking("leaks", "tests/faults/leaks/test_matrix.py"),
    _soaking("model", "tests/faults/rename/test_model.py"),
    _soaking("pairs", "tests/faults/rename/test_singles_and_pairs.py"),
)


class Runner:
    """Runs steps, and ends what is under way when told to."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def run(self, steps: Sequence[Step]) -> list[Ended]:
        """What became of the steps, in the order in which they ended."""
        ended: list[Ended] = []
        with ThreadPoolExecutor(self._jobs) as pool:
            try:
                for future in as_completed([pool.submit(self._step, step) for step in steps]):
                    ended.append(future.result())
                    _report(ended[-1], f"{len(ended)}/{len(steps)}")
            except BaseException:
                self._stop()
                pool.shutdown(cancel_futures=True)
                raise
        return ended

    def _step(self, step: Step) -> Ended:
        start = time.monotonic()
        log = LOGS / f"{step.name}.log"
        with log.open("wb") as output:
            failed = [command for command in step.commands if not self._command(command, step, output.fileno())]
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        notes = [line.removeprefix("NOTE: ") for line in lines if line.startswith("NOTE: ")]
        return Ended(step, not failed, time.monotonic() - start, notes)

    def _command(self, command: Sequence[str], step: Step, output: int) -> bool:
        env = {**workspace.environment(), "NO_COLOR": "1", **step.env}
        os.write(output, f"$ {' '.join(command)}\n".encode())
        with self._lock:
            if self._stopped:
                return False
            process = subprocess.Popen(
                command,
                cwd=workspace.ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that all of its children can be ended with it
            )
            self._running.add(process)
        try:
            code = process.wait(step.seconds)
        except subprocess.TimeoutExpired:
            os.write(output, f"ended: it took more than {step.seconds:g} s\n".encode())
            os.killpg(process.pid, signal.SIGKILL)
            code = process.wait()
        with self._lock:
            self._running.discard(process)
        os.write(output, f"exit code {code}\n".encode())
        return code == 0

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            for process in self._running:
                os.killpg(process.pid, signal.SIGTERM)


def main() -> int:
    """Runs the program."""
    names = [step.name for step in STEPS]
    groups = sorted({step.group for step in STEPS} - {""})
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "steps", nargs="*", metavar="STEP", help=f"all but {SOAK}, or some of {' '.join([*names, *groups])}"
    )
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="steps at a time")
    options = parser.parse_args()
    unknown = sorted(set(options.steps) - {*names, *groups})
    if unknown:
        parser.error(f"no such step: {' '.join(unknown)}; there are: {' '.join([*names, *groups])}")
    wanted = set(options.steps)
    steps = [step for step in STEPS if (wanted & {step.name, step.group} if wanted else step.group != SOAK)]
    LOGS.mkdir(parents=True, exist_ok=True)
    workspace.link_tree()
    signal.signal(signal.SIGTERM, lambda *_received: sys.exit(1))
    start = time.monotonic()
    try:
        ended = Runner(options.jobs).run(steps)
    except KeyboardInterrupt:
        return 130
    return _summarize(ended, time.monotonic() - start)


def _report(ended: Ended, progress: str) -> None:
    print(f"{_verdict(ended)}  {ended.step.name:<12} {ended.seconds:6.1f} s  ({progress})", flush=True)
    if ended.passed:
        return
    log = LOGS / f"{ended.step.name}.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    print(f"  | the last lines of {log.relative_to(workspace.ROOT)}:")
    for line in lines[-SHOWN_LINES:]:
        print(f"  | {line}")
    print(flush=True)


def _summarize(ended: Iterable[Ended], seconds: float) -> int:
    by_step = sorted(ended, key=lambda one: STEPS.index(one.step))
    print("\nSummary")
    for one in by_step:
        print(f"  {_verdict(one)}  {one.step.name:<12} {one.seconds:6.1f} s")
        for note in one.notes:
            print(f"                      {note}")
    names = {one.step.name for one in by_step}
    if "faults" in names:
        print(f"\nFaults\n{figures.as_text(oldest='old-requests' in names)}\n")
    soaked = [part for part in figures.SOAKED if f"soak-{part}" in names]
    if soaked:
        print(f"\nSoak\n{figures.soak_as_text(soaked)}\n")
    failed = [one.step.name for one in by_step if not one.passed]
    said = f"{len(failed)} of {len(by_step)} steps failed: {' '.join(failed)}" if failed else "all steps passed"
    print(f"{said}, {seconds:.0f} s", flush=True)
    return 1 if failed else 0


def _verdict(ended: Ended) -> str:
    word, color = ("PASS", 32) if ended.passed else ("FAIL", 31)
    return f"\033[{color}m{word}\033[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else word


if __name__ == "__main__":
    sys.exit(main())
