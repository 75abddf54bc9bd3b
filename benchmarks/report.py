# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scenarios found, as one text that reads well in a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from measure import Measured


class Goal(NamedTuple):
    """What was asked, what was measured, and whether that is good enough."""

    asked: str
    measured: str
    met: bool

    @property
    def verdict(self) -> str:
        return "met" if self.met else "**missed**"


@dataclass
class Table:
    """A heading line and its rows, all texts."""

    heading: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        """One more row."""
        self.rows.append(cells)

    def __str__(self) -> str:
        lines = [self.heading, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.heading))]
        shown = [_line(line, widths) for line in lines]
        return "\n".join([shown[0], _line(["-" * width for width in widths], widths), *shown[1:]])


@dataclass
class Section:
    """One scenario. notes: what one must know to read its figures, a sentence or two each."""

    name: str
    title: str
    notes: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)

    def goal(self, asked: str, measured: str, met: bool) -> None:
        """One more goal, met or missed."""
        self.goals.append(Goal(asked, measured, met))

    def __str__(self) -> str:
        parts = [f"## {self.name}: {self.title}", *self.notes, *map(str, self.tables)]
        return "\n\n".join(parts)


TIMES = ("whole process", "spread", "body", "CPU", "peak memory")


def times(measured: Measured) -> list[str]:
    """The cells below TIMES."""
    body = f"{measured.body:.2f} s" if measured.body else "–"
    peak = f"{measured.peak_mb:.0f} MB" if measured.peak_mb else "–"
    return [f"{measured.median:.2f} s", measured.spread, body, f"{measured.cpu:.2f} s", peak]


def goals(scenarios: Iterable[tuple[str, Iterable[Goal]]]) -> Table:
    """All goals in one table, by the names of their scenarios."""
    table = Table(["", "goal", "measured", ""])
    for name, those in scenarios:
        for goal in those:
            table.add(name, goal.asked, goal.measured, goal.verdict)
    return table


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
