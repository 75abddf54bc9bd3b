# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that remember submissions under way."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock
from ansible_collections.safehold.backup.plugins.module_utils._core.journal import (
    KEPT_SECONDS,
    Entry,
    Journal,
    state_directory,
)

TARGET = "simplivity/backups/1"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "state" / "safehold.backup"


@pytest.fixture
def journal(directory: Path) -> Journal:
    return Journal(Clock(), str(directory))


def only_file(directory: Path) -> Path:
    (file,) = directory.iterdir()
    return file


def test_what_one_run_notes_the_next_one_finds(journal: Journal, directory: Path, fake_time: Any) -> None:
    assert journal.entry(TARGET) is None
    journal.note(TARGET, "new")
    fake_time.advance(3)
    assert Journal(Clock(), str(directory)).entry(TARGET) == Entry("new", None, 3)
    journal.note(TARGET, "new", "t1")
    assert Journal(Clock(), str(directory)).entry(TARGET) == Entry("new", "t1", 0)
    assert journal.entry("simplivity/backups/2") is None
    journal.forget(TARGET)
    journal.forget(TARGET)
    assert journal.entry(TARGET) is None
    assert list(directory.iterdir()) == []


def test_many_threads_note_at_once(journal: Journal, directory: Path) -> None:
    start = threading.Barrier(8)

    def note(number: int) -> None:
        start.wait()
        journal.note(f"backups/{number}", "new")

    threads = [threading.Thread(target=note, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(directory.iterdir())) == 8


def test_j20_only_the_user_can_read_what_is_kept(journal: Journal, directory: Path) -> None:
    old_mask = os.umask(0)
    try:
        journal.note(TARGET, "new")
    finally:
        os.umask(old_mask)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(only_file(directory).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "null",
        "[]",
        '{"at": "x", "wanted": "new", "task_id": null}',
        '{"at": 1e400, "wanted": "new", "task_id": null}',
        '{"wanted": "new", "task_id": null}',
        '{"at": 1773435826, "wanted": "new", "task_id": 5}',
        '{"at": 1773435826, "wanted": "ü", "task_id": null}',
        "[" * 100000,
    ],
)
def test_j20_a_broken_file_is_ignored_and_overwritten(journal: Journal, directory: Path, content: str) -> None:
    journal.note(TARGET, "new")
    only_file(directory).write_text(content, encoding="utf-8")
    assert journal.entry(TARGET) is None
    journal.note(TARGET, "new", "t1")
    assert journal.entry(TARGET) == Entry("new", "t1", 0)


def test_of_a_line_that_was_cut_the_one_before_counts(journal: Journal, directory: Path) -> None:
    assert journal.claim(TARGET, "new")
    with only_file(directory).open("a", encoding="ascii") as file:
        file.write('\n{"at": 1773435826, "wanted": "new", "task_')
    assert Journal(Clock(), str(directory)).entry(TARGET) == Entry("new", None, 0)
    journal.note(TARGET, "new", "t1")
    assert Journal(Clock(), str(directory)).entry(TARGET) == Entry("new", "t1", 0)
    journal.forget(TARGET)
    assert list(directory.iterdir()) == []


@pytest.mark.parametrize("trouble", ["gone", "full"])
def test_what_cannot_be_added_to_a_file_is_put_in_its_place(
    journal: Journal, directory: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    assert journal.claim(TARGET, "new")
    write = os.write

    def half(handle: int, data: bytes) -> int:
        monkeypatch.setattr(os, "write", write)
        return write(handle, data[: len(data) // 2])

    if trouble == "full":
        monkeypatch.setattr(os, "write", half)
    else:
        only_file(directory).unlink()
    journal.note(TARGET, "new", "t1")
    assert Journal(Clock(), str(directory)).entry(TARGET) == Entry("new", "t1", 0)
    assert len(list(directory.iterdir())) == 1


def test_j20_a_file_that_others_may_write_is_ignored(journal: Journal, directory: Path) -> None:
    journal.note(TARGET, "new")
    only_file(directory).chmod(0o644)
    assert journal.entry(TARGET) is None
    journal.note(TARGET, "new", "t1")
    assert stat.S_IMODE(only_file(directory).stat().st_mode) == 0o600
    assert journal.entry(TARGET) == Entry("new", "t1", 0)


def test_j20_a_link_or_a_pipe_in_the_place_of_a_file_is_not_followed(
    journal: Journal, directory: Path, tmp_path: Path
) -> None:
    journal.note(TARGET, "new")
    file = only_file(directory)
    elsewhere = tmp_path / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    assert journal.entry(TARGET) is None
    journal.note(TARGET, "other")
    assert "other" not in elsewhere.read_text(encoding="ascii")
    file.unlink()
    os.mkfifo(file, 0o600)
    assert journal.entry(TARGET) is None
    # to open a pipe for writing waits for a reader
    journal.note(TARGET, "other", "t1")
    assert Journal(Clock(), str(directory)).entry(TARGET) == Entry("other", "t1", 0)


def test_j20_a_directory_that_others_may_read_is_not_used(journal: Journal, directory: Path) -> None:
    directory.mkdir(parents=True, mode=0o755)
    journal.note(TARGET, "new")
    assert list(directory.iterdir()) == []


@pytest.mark.parametrize("place", ["/dev/null/state", None])
def test_j19_without_a_place_nothing_is_kept_and_nothing_fails(place: str | None) -> None:
    journal = Journal(Clock(), place)
    journal.sweep()
    assert journal.claim(TARGET, "new")
    journal.note(TARGET, "new", "t1")
    assert journal.entry(TARGET) is None
    journal.forget(TARGET)


def test_of_many_runs_at_one_moment_one_is_the_first(directory: Path) -> None:
    start = threading.Barrier(8)
    claimed: list[bool] = []

    def claim(number: int) -> None:
        journal = Journal(Clock(), str(directory))
        assert journal.entry(TARGET) is None
        start.wait()
        claimed.append(journal.claim(TARGET, f"new {number}"))

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == [False] * 7 + [True]
    assert stat.S_IMODE(only_file(directory).stat().st_mode) == 0o600


def test_what_was_seen_to_end_can_be_claimed_anew(journal: Journal) -> None:
    assert journal.claim(TARGET, "new")
    assert not journal.claim(TARGET, "other")
    assert journal.entry(TARGET) == Entry("new", None, 0)
    journal.forget(TARGET)
    assert journal.claim(TARGET, "other")
    assert journal.entry(TARGET) == Entry("other", None, 0)


@pytest.mark.parametrize("content", ["", "{", '{"at": 5, "wanted": "new", "task_id": "of long ago"}'])
def test_a_file_that_says_nothing_keeps_nobody_from_claiming(journal: Journal, directory: Path, content: str) -> None:
    journal.note(TARGET, "new")
    only_file(directory).write_text(content, encoding="ascii")
    assert journal.claim(TARGET, "other")
    assert journal.entry(TARGET) == Entry("other", None, 0)


def test_a_file_system_without_links_is_good_enough(
    journal: Journal, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*paths: str) -> None:
        raise PermissionError("Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    assert journal.claim(TARGET, "new")
    assert journal.entry(TARGET) == Entry("new", None, 0)
    assert len(list(directory.iterdir())) == 1


def test_what_was_seen_to_end_counts_no_more_where_its_file_cannot_be_removed(
    journal: Journal, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a run would follow the same ended task for ever."""
    Journal(Clock(), str(directory)).note(TARGET, "theirs", "t1")
    assert journal.entry(TARGET) is not None
    kept = str(only_file(directory))
    unlink = os.unlink

    def refuse(path: str) -> None:
        if path == kept:
            raise PermissionError(path)
        unlink(path)

    monkeypatch.setattr(os, "unlink", refuse)
    journal.forget(TARGET)
    assert journal.entry(TARGET) is None
    assert journal.claim(TARGET, "mine") is True
    entry = Journal(Clock(), str(directory)).entry(TARGET)
    assert entry is not None and entry.wanted == "mine"


def test_what_another_run_has_noted_since_is_not_forgotten(journal: Journal, directory: Path) -> None:
    assert journal.claim(TARGET, "new")
    other = Journal(Clock(), str(directory))
    assert other.entry(TARGET) is not None
    other.forget(TARGET)
    assert other.claim(TARGET, "other")
    journal.forget(TARGET)
    assert journal.entry(TARGET) == Entry("other", None, 0)


def test_entries_of_long_ago_are_not_believed_and_removed(directory: Path, fake_time: Any) -> None:
    Journal(Clock(), str(directory)).note(TARGET, "new", "t1")
    file = only_file(directory)
    (directory / "in the way").mkdir()
    os.utime(directory / "in the way", (0, 0))
    fake_time.advance(KEPT_SECONDS - 1)
    journal = Journal(Clock(), str(directory))
    journal.sweep()
    assert file.exists()
    fake_time.advance(2)
    assert journal.entry(TARGET) is None
    journal.sweep()
    assert not file.exists()


def test_j20_nothing_is_removed_where_others_may_look(directory: Path, fake_time: Any) -> None:
    directory.mkdir(parents=True, mode=0o755)
    (directory / "theirs").touch()
    fake_time.advance(2 * KEPT_SECONDS)
    Journal(Clock(), str(directory)).sweep()
    assert (directory / "theirs").exists()


def test_a_clock_that_was_set_back_makes_no_negative_age(journal: Journal, fake_time: Any) -> None:
    journal.note(TARGET, "new", "t1")
    fake_time.jump_wall(-3600)
    assert journal.entry(TARGET) == Entry("new", "t1", 0)


def test_the_state_directory_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/var/lib/me")
    assert state_directory() == "/var/lib/me/safehold.backup"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert state_directory() == "/home/me/.local/state/safehold.backup"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert state_directory() is None
