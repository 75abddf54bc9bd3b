# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of waits and when, by a clock that the tests move."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_board import Board
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_records import Record, RecordReader, parsed
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_text import (
    Bricks,
    columns,
    duration,
    fit,
    line,
    phrase,
    row,
)
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_wait import PATIENCE, QUIET_SECONDS, Wait
from hypothesis import given
from hypothesis import strategies as st

HOSTILE = "\x1b[2J\x07\u202e{{ 7*7 }}\r\nok: [all]\u200b日本"
UTF = Bricks("utf-8")


def record(percent: float | None = None, elapsed: float = 0.0, **fields: Any) -> Record:
    facts = {"what": "", "word": "renamed", "state": "", "done": 0, "failed": 0, "running": 0, "total": 1}
    return Record(**{"run": "r1", "percent": percent, "elapsed": elapsed, "over": False, **facts, **fields})


def waiting(host: str = "web01", action: str = "safehold.backup.svt_backup_rename", *records: Record) -> Wait:
    """A wait whose records came at the moments that they name, the wait having begun at 0."""
    wait = Wait(host, action)
    for one in records:
        wait.hear(one, one.elapsed)
    return wait


def plain(text: str, _color: str) -> str:
    return text


def lines_of(board: Board, records: dict[float, tuple[str, Record]], until: float) -> list[tuple[float, str]]:
    """What is printed, looked at five times a second, when these records come."""
    printed = []
    for tick in range(int(until * 5) + 1):
        now = tick / 5
        for at in [at for at in records if at <= now]:
            key, one = records.pop(at)
            board.waits.setdefault(key, Wait(key, "safehold.backup.svt_task_info")).hear(one, now)
        text = board.line(now)
        if text is not None:
            printed.append((now, text))
    return printed


# lines


def test_the_first_line_comes_within_a_second_of_the_first_record() -> None:
    ((at, text), *_more) = lines_of(Board(5, 60), {0.2: ("web01", record(40, state="IN_PROGRESS"))}, 3)
    assert at <= 1.2
    assert text == "progress: [web01] svt_task_info: IN_PROGRESS, 40 %"


def test_what_is_over_at_once_is_not_worth_a_line() -> None:
    records = {0.0: ("a", record()), 0.3: ("a", record(over=True))}
    assert lines_of(Board(5, 60), records, 10) == []


@pytest.mark.parametrize("interval", [1, 5, 20])
def test_a_line_a_change_and_no_two_within_the_interval(interval: float) -> None:
    records = {second + 0.05: ("a", record(float(second), float(second))) for second in range(60)}
    times = [at for at, _text in lines_of(Board(interval, 0), records, 60)]
    assert all(later - before >= interval - 0.01 for before, later in pairwise(times))
    assert len(times) >= 55 / (interval + 0.4)


@pytest.mark.parametrize("interval", [0.0, -5.0, 0.01, float("nan")])
def test_never_more_than_one_a_second(interval: float) -> None:
    records = {tick / 10: ("a", record(tick / 10, tick / 10)) for tick in range(1, 100)}
    times = [at for at, _text in lines_of(Board(interval, 0.1), records, 10)]
    assert all(later - before >= 1 for before, later in pairwise(times))


def test_without_a_change_there_is_only_the_heartbeat() -> None:
    records = {float(second): ("a", record(40, float(second))) for second in range(300)}
    times = [at for at, _text in lines_of(Board(5, 60), dict(records), 300)]
    assert times == pytest.approx([0.5, 60.5, 120.5, 180.5, 240.5], abs=0.4)
    assert len(lines_of(Board(5, 0), dict(records), 300)) == 1
    assert len(lines_of(Board(5, float("nan")), dict(records), 300)) == 1


def test_a_thousand_waits_in_one_bulk_give_a_line_every_few_seconds() -> None:
    records = {
        float(second): ("a", record(second / 10, float(second), done=second, total=1000, running=4))
        for second in range(1000)
    }
    printed = lines_of(Board(5, 60), records, 1000)
    assert 150 < len(printed) <= 201
    assert printed[-1][1].startswith("progress: [a] svt_task_info: 99")


def test_fifty_hosts_share_lines() -> None:
    records = {
        second + host / 100: (f"web{host:02}", record(second * (51 - host) / 100, float(second)))
        for host in range(50)
        for second in range(100)
    }
    printed = lines_of(Board(5, 60), records, 100)
    assert len(printed) <= 22
    assert printed[-1][1].startswith("progress: [web49] 1 %, [web48] 2 %, ") and "and 44 more" in printed[-1][1]


def test_several_hosts_that_begin_together_are_named_within_a_second() -> None:
    records = {0.1: ("a", record(1)), 0.15: ("b", record(state="enqueued")), 0.18: ("c", record(2, done=1, total=50))}
    ((at, text),) = lines_of(Board(5, 60), records, 2)
    assert at <= 1.1
    assert text == "progress: [a] 1 %, [b] enqueued, [c] 1/50"


def test_a_detached_task_that_falls_silent_is_shown_no_more() -> None:
    board = Board(5, 10)
    board.waits["a"] = waiting("a", "svt_task_info", record(5))
    board.waits["a"].detached = True
    assert board.line(1.0)
    assert board.line(QUIET_SECONDS + 1) is None
    board.waits["a"].hear(record(6, QUIET_SECONDS + 10), QUIET_SECONDS + 10)
    assert board.line(QUIET_SECONDS + 11)


# what a line says


def test_a_line_of_many() -> None:
    facts: dict[str, Any] = {"total": 1000, "failed": 1, "running": 4}
    wait = waiting("a", "x.y.svt_backup_rename", record(1, 1, done=10, **facts), record(20.5, 21, done=204, **facts))
    expected = (
        "[a] svt_backup_rename: 204 of 1000 renamed, 1 failed, 4 under way, 20 %, 9.7/s, 22 s so far, 1 min 21 s left"
    )
    assert line(wait, 22.0) == expected
    assert phrase(wait) == "[a] 204/1000, 1 failed"


def test_the_time_left_comes_from_the_second_half_of_the_time() -> None:
    wait = waiting("a", "m", *(record(0, float(second)) for second in range(100)))
    assert wait.left(100) is None
    for second in range(100, 200):
        wait.hear(record(second - 99, float(second)), float(second))
    assert wait.left(199) == pytest.approx(0, abs=0.01) or wait.left(199) is None
    wait = waiting(
        "a",
        "m",
        *(record(0, float(second)) for second in range(100)),
        *(record((second - 100) / 2, float(second)) for second in range(100, 200)),
    )
    assert wait.left(199) == pytest.approx(101, abs=3)
    assert wait.left(209) == pytest.approx(91, abs=3)
    assert wait.left(900) == 0


def test_what_does_not_go_on_has_no_time_left() -> None:
    for percents in ([50, 50, 50], [50, 40, 30], [None, None, None]):
        wait = waiting("a", "m", *(record(percent, 10.0 * n) for n, percent in enumerate(percents)))
        assert wait.left(30) is None
        assert "left" not in line(wait, 30)


def test_a_wait_begins_anew_with_each_item_of_a_loop() -> None:
    wait = waiting("a", "m", record(10, 0), record(90, 50))
    wait.hear(record(1, 0, run="r2", what="task 'two'"), 60)
    assert not wait.is_shown(60) and wait.is_shown(60 + PATIENCE)
    assert wait.elapsed(63) == 3
    assert wait.left(63) is None
    assert wait.what == "task 'two'"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (96, "1 min 36 s"), (7500, "2 h 5 min"), (273600, "3 d 4 h")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_slow_rates_are_given_by_the_minute_and_the_hour() -> None:
    for seconds, text in ((10, "1.0/s"), (100, "6.0/min"), (10_000, "3.6/h"), (1_000_000, None)):
        wait = waiting("a", "m", record(0, 0, total=99), record(10, seconds, done=10, total=99))
        assert (f", {text}, " in line(wait, seconds)) if text else "/h" not in line(wait, seconds)


# rows


def test_a_row_has_a_bar_and_fits() -> None:
    wait = waiting("web01", "a.b.svt_backup_rename", record(0, 0), record(50, 10))
    assert row(wait, 10, 79, UTF, plain) == ("[web01] svt_backup_rename  " + "━" * 12 + "─" * 12 + "  50 %  10 s left")
    for width in range(1, 200):
        assert columns(row(wait, 10, width, UTF, plain)) <= width


def test_a_row_without_a_percentage_shows_that_something_goes_on() -> None:
    wait = waiting("a", "m", record(state="enqueued"))
    shown = {re.sub("[^━─]", "", row(wait, float(second), 79, UTF, plain)) for second in range(20)}
    assert len(shown) > 5
    assert {len(drawn) for drawn in shown} == {24}
    assert "enqueued" in row(wait, 1, 79, UTF, plain)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", None, "no-such-encoding"])
def test_a_terminal_without_the_signs_gets_plain_ones(encoding: str | None) -> None:
    text = row(waiting("a", "m", record(50)), 0, 79, Bricks(encoding), plain)
    assert text.isascii() and "############------------" in text


def test_the_bar_is_red_once_something_has_failed() -> None:
    colors: list[str] = []

    def paint(text: str, color: str) -> str:
        colors.append(color)
        return text

    row(waiting("a", "m", record(50)), 0, 79, UTF, paint)
    row(waiting("a", "m", record(50, failed=1, total=5)), 0, 79, UTF, paint)
    assert colors == ["green", "red"]


def test_rows_that_do_not_fit_are_counted() -> None:
    board = Board(5, 60)
    for host in range(20):
        board.waits[host] = waiting(f"web{host:02}", "m", record(5))
    assert len(board.rows(1, 79, 24, UTF, plain)) == 8
    assert board.rows(1, 79, 5, UTF, plain)[-1] == "and 18 more wait"
    assert board.rows(1, 79, 1, UTF, plain) == ["and 20 more wait"]
    assert board.rows(0, 79, 24, UTF, plain) == []


@given(
    host=st.text(max_size=300),
    texts=st.text(max_size=250),
    width=st.integers(0, 120),
    percent=st.none() | st.floats(0, 100),
    counts=st.tuples(*[st.integers(0, 10**9)] * 4),
)
def test_no_text_breaks_a_line_or_a_row(host: str, texts: str, width: int, percent: Any, counts: Any) -> None:
    data = {"v": 1, "run": "r", "what": texts, "word": texts, "state": texts, "percent": percent, "elapsed": 3.5}
    data.update(zip(("done", "failed", "running", "total"), counts, strict=True))
    one = parsed(json.dumps(data).encode())
    if one is None:
        return
    wait = waiting(host, texts, one)
    assert line(wait, 10.0).isprintable()
    assert phrase(wait).isprintable()
    shown = row(wait, 10.0, width, UTF, plain)
    assert shown.isprintable() and columns(shown) <= width


def test_hostile_names_are_shown_escaped() -> None:
    one = parsed(json.dumps({"v": 1, "run": "r", "what": HOSTILE, "state": HOSTILE}).encode())
    assert one is not None
    text = line(waiting(HOSTILE, HOSTILE, one), 1.0)
    assert text.isprintable()
    assert "\\x1b[2J\\x07\\u202e{{ 7*7 }} ok: [all]\\u200b日本" in text


def test_fit_cuts_by_columns() -> None:
    assert (columns("日本語"), fit("日本語", 6, "…"), fit("日本語", 5, "…"), fit("日本語", 1, "…")) == (
        6,
        "日本語",
        "日本…",
        "…",
    )
    assert fit("abc", 0, "…") == ""


# records


def test_records_are_read_as_they_come(tmp_path: Path) -> None:
    path = tmp_path / "records"
    reader = RecordReader(str(path))
    assert reader.read() == []
    with path.open("ab", buffering=0) as file:
        file.write(b'{"v": 1, "run": "a", "percent": 1}\n{"v": 1, "run": "a", "per')
        assert [one.percent for one in reader.read()] == [1]
        assert reader.read() == []
        file.write(b'cent": 2}\n')
        assert [one.percent for one in reader.read()] == [2]
        file.write(b"x" * 100_000 + b"\nnull\n[]\n" + b'{"v": 1, "run": "a", "percent": 3}\n')
        assert [one.percent for one in reader.read()] == [3]
    reader.close()
    reader.close()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[" * 100_000,
        "{}",
        '{"v": 2, "run": "a"}',
        '{"v": 1}',
        '{"v": 1, "run": 7}',
        "\x00\xff",
        '{"v": 1, "run": "' + "a" * 3000 + '"}',
    ],
)
def test_what_is_no_record_is_passed_over(text: str) -> None:
    assert parsed(text.encode("latin-1")) is None


@pytest.mark.parametrize("number", ["NaN", "-1", '"5"', "true", "null", "VALUE", "[1]", "1e999", "-1e999", "9" * 400])
def test_a_number_that_is_none_breaks_nothing(number: str) -> None:
    keys = ("percent", "done", "failed", "running", "total", "elapsed")
    text = json.dumps({"v": 1, "run": "r", **dict.fromkeys(keys, "NUMBER")}).replace('"NUMBER"', number)
    one = parsed(text.encode())
    if one is not None:
        wait = waiting("a", "m", one)
        assert line(wait, 5.0) and row(wait, 5.0, 79, UTF, plain)
        assert one.percent is None or 0 <= one.percent <= 100
