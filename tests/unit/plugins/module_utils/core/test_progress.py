# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a wait is: when it is told, what is told, and how little that costs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import progress_file
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.progress import Progress
from ansible_collections.safehold.backup.plugins.module_utils._core.progress_file import VARIABLE, ProgressFile
from ansible_collections.safehold.backup.plugins.module_utils._core.schedule import Schedule, Work
from ansible_collections.safehold.backup.plugins.module_utils._core.tasks import (
    GONE,
    PENDING,
    SUCCESS,
    Pace,
    Task,
    Waiting,
    follow,
    follow_all,
)

Records = list[Mapping[str, Any]]


def task(percent: Any = None, outcome: str = PENDING, id: str = "t1", progress: float | None = None) -> Task:
    state = "IN_PROGRESS" if outcome == PENDING else "COMPLETED"
    return Task(id, state, outcome, "", None, {"id": id, "percent_complete": percent}, progress=progress)


def test_the_first_look_is_told_at_once_and_the_next_not_within_a_second(fake_time: Any) -> None:
    told: Records = []
    with Progress(told.append, Clock(), 1, "renamed", "rename of backup 'a'") as progress:
        for _look in range(30):
            progress.saw(task(40))
            fake_time.sleep(0.1)
    first = {"what": "rename of backup 'a'", "word": "renamed", "total": 1, "state": "IN_PROGRESS", "percent": 40.0}
    assert told[0] == {**first, "done": 0, "failed": 0, "running": 1, "elapsed": 0.0, "over": False}
    assert [record["elapsed"] for record in told] == [0.0, 1.0, 2.0, 3.0]
    assert [record["over"] for record in told] == [False, False, False, True]


def test_a_day_is_told_in_bounds(fake_time: Any) -> None:
    told: Records = []
    with Progress(told.append, Clock(), 1, "done") as progress:
        for _look in range(86400 // 10):
            progress.saw(task())
            fake_time.sleep(10)
    size = sum(len(json.dumps({**record, "run": "0" * 12, "v": 1})) + 1 for record in told)
    assert len(told) < 9_000 and size / len(told) < 200
    gaps = [later["elapsed"] - before["elapsed"] for before, later in pairwise(told)]
    assert max(gaps) <= 20 and min(gaps[:-1]) >= 1


def test_a_thousand_waits_in_one_call_are_told_once_a_second(fake_time: Any) -> None:
    told: Records = []
    clock = Clock()
    with Progress(told.append, clock, 1000, "renamed") as progress:

        def work(number: int) -> Work[None]:
            ends = clock.monotonic() + 5 + number % 20

            def look(_deadline: Deadline) -> Task:
                over = clock.monotonic() >= ends
                return task(50, SUCCESS if over else PENDING, f"t{number}")

            waiting = Waiting(True, 600, 10, progress.saw)
            yield from follow(task(id=f"t{number}"), look, waiting, clock, Deadline(clock, 600))
            progress.ended(number % 100 == 0, f"t{number}")

        Schedule(clock, 1).run_all([work(number) for number in range(1000)])
    seconds = told[-1]["elapsed"]
    assert 20 <= seconds < 60
    assert len(told) <= seconds + 2
    assert (told[-1]["done"], told[-1]["failed"], told[-1]["running"], told[-1]["percent"]) == (990, 10, 0, 100.0)
    assert all(before["percent"] <= later["percent"] for before, later in pairwise(told[5:]))


def test_tasks_that_are_left_alone_are_told_of_all_the_same(fake_time: Any) -> None:
    """Most of many tasks are not looked at for some seconds. How many are under way shows within one."""
    told: Records = []
    clock, pace = Clock(), Pace()
    with Progress(told.append, clock, 20, "renamed") as progress:

        def work(number: int) -> Work[None]:
            yield number / 50
            started = clock.monotonic()
            looked = []

            def look(_deadline: Deadline) -> Task:
                waited = clock.monotonic() - started
                looked.append(waited)
                return task(10 * waited, PENDING if waited < 10 else SUCCESS, f"t{number}")

            waiting = Waiting(True, 600, 10, progress.saw)
            with pace.one_more():
                yield from follow(task(id=f"t{number}"), look, waiting, clock, Deadline(clock, 600), pace)
            assert number < 10 or looked[0] > 1.5, "the test is about tasks that are left alone"
            progress.ended(False, f"t{number}")

        Schedule(clock, 1).run_all([work(number) for number in range(20)])
    assert told[0]["elapsed"] == 0
    assert [one["running"] for one in told if 0.9 < one["elapsed"] < 1.5] == [20]
    assert max(later["elapsed"] - before["elapsed"] for before, later in pairwise(told)) < 2
    assert min(later["elapsed"] - before["elapsed"] for before, later in pairwise(told[:-1])) >= 1


def test_nobody_watches_and_nothing_is_kept(fake_time: Any) -> None:
    with Progress(None, Clock(), 1000, "renamed") as progress:
        progress.saw(task(1))
        progress.ended(False, "t1")
    assert not progress._running and not progress._done


def test_what_is_over_before_anything_was_seen_is_not_told() -> None:
    told: Records = []
    with Progress(told.append, Clock(), 1, "renamed"):
        pass
    assert not told


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (None, None),
        ("40", None),
        (True, None),
        (-3, 0.0),
        (250, 100.0),
        (10**400, 100.0),
        (float("nan"), None),
        (float("inf"), 100.0),
        (33.333, 33.3),
    ],
)
def test_f7_any_percentage_at_all(said: Any, shown: float | None) -> None:
    told: Records = []
    with Progress(told.append, Clock(), 1, "renamed") as progress:
        progress.saw(task(said))
    assert told[0]["percent"] == shown


def test_many_are_together_as_far_as_each(fake_time: Any) -> None:
    told: Records = []
    with Progress(told.append, Clock(), 4, "done") as progress:
        progress.ended(False)
        fake_time.sleep(1)
        progress.saw(task(50, id="a"))
        fake_time.sleep(1)
        progress.saw(task(id="b"))
        fake_time.sleep(1)
        progress.saw(task(id="a", outcome=SUCCESS))
    assert [(one["percent"], one["running"]) for one in told[:4]] == [(25.0, 0), (37.5, 1), (37.5, 2), (25.0, 1)]
    assert {one["state"] for one in told} == {""}


def test_the_apis_own_words_come_first() -> None:
    told: Records = []
    with Progress(told.append, Clock(), 1, "done") as progress:
        progress.saw(task(10, progress=70.0))
    assert told[0]["percent"] == 70.0


def test_all_that_is_looked_at_is_shown_and_what_has_gone_as_well(fake_time: Any) -> None:
    shown: list[tuple[str, str]] = []

    def look(ids: Any, _deadline: Deadline) -> dict[str, Task]:
        return {id: task(id=id, outcome=SUCCESS if id == "a" else PENDING) for id in ids if id != "b" or not shown}

    waiting = Waiting(True, 60, 10, lambda seen: shown.append((seen.id, seen.outcome)))
    follow_all(["a", "b"], look, waiting, Clock())
    assert sorted(shown[:2]) == [("a", SUCCESS), ("b", PENDING)]
    assert shown[2:] == [("b", GONE)]


# the file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "records"
    path.touch(mode=0o600)
    return path


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_records_are_lines_of_json(file: Path) -> None:
    out = ProgressFile(str(file))
    out.append({"what": "línea\n\x1b[31m", "percent": 1.5})
    out.append({"over": True})
    first, second = lines(file)
    assert (first["what"], first["percent"], first["v"]) == ("línea\n\x1b[31m", 1.5, 1)
    assert first["run"] == second["run"] and second["over"] is True


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    out = ProgressFile(str(tmp_path / "none"))
    out.append({})
    out.append({})
    assert not list(tmp_path.iterdir())


def test_a_file_of_others_a_link_and_a_pipe_are_left_alone(file: Path, tmp_path: Path) -> None:
    file.chmod(0o620)
    ProgressFile(str(file)).append({})
    file.chmod(0o600)
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(file)
    os.mkfifo(pipe, 0o600)
    for path in (link, pipe, tmp_path):
        ProgressFile(str(path)).append({})
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    ProgressFile(str(pipe)).append({})
    assert os.read(reader, 100) == b""
    os.close(reader)
    assert file.read_bytes() == b""


def test_what_is_too_large_or_no_json_is_left_out(file: Path) -> None:
    out = ProgressFile(str(file))
    out.append({"what": "x" * 3000})
    out.append({"what": object()})
    out.append({"what": "fits"})
    assert [line["what"] for line in lines(file)] == ["fits"]


def test_a_file_has_its_limit_also_over_several_runs(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_file, "LARGEST_FILE", 1000)
    for _run in range(3):
        out = ProgressFile(str(file))
        for _record in range(30):
            out.append({"what": "x" * 20})
    assert 900 < file.stat().st_size <= 1000
    assert lines(file)


def test_a_disk_that_is_full_is_written_to_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []

    def write(_handle: int, data: bytes) -> int:
        written.append(data)
        return 3

    monkeypatch.setattr(os, "write", write)
    out = ProgressFile(str(file))
    out.append({})
    out.append({})
    assert len(written) == 1


@pytest.mark.parametrize("value", [None, "", "records"])
def test_without_the_variable_there_is_no_file(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(VARIABLE, value)
    assert progress_file.progress_file() is None
