# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Waits as text: one line for a log, one row for a terminal, one phrase among others."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable

from ansible_collections.safehold.backup.plugins.plugin_utils._progress_wait import Wait

Paint = Callable[[str, str], str]

_LONGEST_BAR, _SHORTEST_BAR, _SHORTEST_LABEL = 24, 8, 12


class Bricks:
    """What bars are made of: filled, empty. encoding: of the terminal; one that lacks the signs gets plain ones."""

    def __init__(self, encoding: str | None) -> None:
        self.full, self.empty, self.cut = "━", "─", "…"
        try:
            (self.full + self.empty + self.cut).encode(encoding or "ascii")
        except (LookupError, UnicodeError):
            self.full, self.empty, self.cut = "#", "-", "~"


def line(wait: Wait, now: float) -> str:
    """`[host] what: IN_PROGRESS, 12 of 40 renamed, 30 %, 1.2/s, 10 s so far, 24 s left`, as far as each is known."""
    elapsed = wait.elapsed(now)
    parts = (
        wait.record.state,
        _counts(wait, " of ", f" {wait.record.word}"),
        _percent(wait),
        _rate(wait),
        f"{duration(elapsed)} so far" if elapsed >= 1 else "",
        _left(wait, now),
    )
    return f"[{wait.host}] {wait.what}: " + (", ".join(part for part in parts if part) or "waits")


def phrase(wait: Wait) -> str:
    """`[host] 40 %`, for a line that speaks of several."""
    return f"[{wait.host}] " + (_counts(wait, "/", "") or _percent(wait) or wait.record.state or "waits")


def row(wait: Wait, now: float, width: int, bricks: Bricks, paint: Paint) -> str:
    """A row of at most `width` columns with a bar in it, where there is room for one."""
    facts = (_percent(wait) or wait.record.state, _counts(wait, "/", ""), _rate(wait))
    last = _left(wait, now) or duration(wait.elapsed(now))
    right = "  ".join(part for part in (*facts, last) if part)
    label = f"[{wait.host}] {wait.what}"
    room = width - columns(right) - 4
    size = max(0, min(_LONGEST_BAR, room - min(columns(label), max(_SHORTEST_LABEL, room // 2))))
    if size < _SHORTEST_BAR:
        return fit(f"{label}  {right}", width, bricks.cut)
    label = fit(label, room - size, bricks.cut)
    before, filled, after = _bar(wait, now, size, bricks)
    return f"{label}  {before}{paint(filled, 'red' if wait.record.failed else 'green')}{after}  {right}"


def _bar(wait: Wait, now: float, size: int, bricks: Bricks) -> tuple[str, str, str]:
    """The filled part, with what stands before and after it. Without a percentage a block goes to and fro."""
    if wait.record.percent is not None:
        filled = int(size * wait.record.percent / 100)
        return "", bricks.full * filled, bricks.empty * (size - filled)
    block = size // 4
    way = size - block
    at = way - abs(way - int(2 * wait.elapsed(now)) % (2 * way))
    return bricks.empty * at, bricks.full * block, bricks.empty * (way - at)


def _counts(wait: Wait, of: str, word: str) -> str:
    record = wait.record
    if record.total <= 1:
        return ""
    parts = [f"{record.done}{of}{record.total}{word}"]
    parts += [f"{record.failed} failed"] if record.failed else []
    parts += [f"{record.running} under way"] if record.running and word else []
    return ", ".join(parts)


def _percent(wait: Wait) -> str:
    return "" if wait.record.percent is None else f"{int(wait.record.percent)} %"


def _rate(wait: Wait) -> str:
    rate = wait.rate()
    if rate is None:
        return ""
    for unit, seconds in (("s", 1), ("min", 60), ("h", 3600)):
        if rate * seconds >= 1:
            return f"{rate * seconds:.{1 if rate * seconds < 10 else 0}f}/{unit}"
    return ""


def _left(wait: Wait, now: float) -> str:
    left = wait.left(now)
    return "" if left is None else f"{duration(max(1.0, math.ceil(left)))} left"


def duration(seconds: float) -> str:
    """`45 s`, `1 min 36 s`, `2 h 5 min`, `3 d 4 h`."""
    whole = int(seconds)
    for size, unit, part, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole} s"


def columns(text: str) -> int:
    """How wide a terminal shows a clean text."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def fit(text: str, width: int, cut: str) -> str:
    """The text, cut where it is wider than that."""
    if columns(text) <= width:
        return text
    kept = ""
    for character in text:
        if columns(kept + character) > width - 1:
            break
        kept += character
    return kept + cut if width > 0 else ""
