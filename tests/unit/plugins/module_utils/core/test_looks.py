# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many looks the end of a task costs, and how late it is noticed: the figures that waiting must not exceed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import tasks
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.schedule import run

STRETCHES = [0.9 + 0.01 * n for n in range(21)]  # of the length, as it is chance when the end falls between two looks
SHARE, LEAST = 0.05, 0.2  # of the task's length, seconds


class Server:
    """Knows one task, which ends after so many seconds. looks: how often it was asked."""

    def __init__(self, fake_time: Any, seconds: float) -> None:
        self.looks = 0
        self._time = fake_time
        self._begun = fake_time.monotonic()
        self._seconds = seconds

    @property
    def late(self) -> float:
        """Seconds since the task ended."""
        return self._time.monotonic() - self._begun - self._seconds

    def task(self) -> tasks.Task:
        ended = self.late >= 0
        percent = 100 if ended else min(99, int(100 * (1 + self.late / self._seconds)))
        state, outcome = ("COMPLETED", tasks.SUCCESS) if ended else ("IN_PROGRESS", tasks.PENDING)
        return tasks.Task("t1", state, outcome, "", None, {"id": "t1", "percent_complete": percent})

    def look(self, _deadline: Deadline) -> tasks.Task:
        self.looks += 1
        return self.task()

    def look_at_all(self, _ids: Any, deadline: Deadline) -> dict[str, tasks.Task]:
        return {"t1": self.look(deadline)}


@pytest.mark.parametrize("kind", ["one", "many"])
@pytest.mark.parametrize(("seconds", "most"), [(0.3, 5), (3, 26), (30, 50), (300, 60)])
def test_the_looks_that_a_task_costs(fake_time: Any, kind: str, seconds: float, most: int) -> None:
    waiting, clock = tasks.Waiting(True, 600, 10), Clock()
    for stretch in STRETCHES:
        server = Server(fake_time, seconds * stretch)
        if kind == "one":
            ended = run(tasks.follow(server.task(), server.look, waiting, clock, Deadline(clock, 600)), clock)
        else:
            ended = tasks.follow_all(["t1"], server.look_at_all, waiting, clock)["t1"]
        assert ended is not None and ended.outcome == tasks.SUCCESS
        assert server.looks <= most
        assert server.late <= max(LEAST, SHARE * seconds * stretch)


@pytest.mark.parametrize(
    ("end", "most"),
    [
        ("2026-03-13T20:17:07Z", 1),
        ("2026-03-13T20:17:08Z", 2),
        ("1970-01-01T00:00:00Z", 9),
        ("2026-03-13T20:17:06Z", 9),
        ("soon", 9),
        (5, 9),
        (None, 9),
    ],
)
def test_a_task_that_is_first_looked_at_late_keeps_no_other_waiting(end: Any, most: float) -> None:
    """Where many are under way, the first look may come long after the end; its times tell how short it was."""
    pace = tasks.Pace()
    data = {"id": "t1", "percent_complete": 100, "start_time": "2026-03-13T20:17:07Z", "end_time": end}
    pace.saw(tasks.Task("t1", "COMPLETED", tasks.SUCCESS, "", None, data), 9)
    assert pace.expected == most
