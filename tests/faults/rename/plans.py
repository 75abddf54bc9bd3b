# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module processes of the tests are told to rename, and what the server knows of it afterwards."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from faults.harness import targets
from simulator.process import Control, Simulator

from .single_faults import BACKUP

# Long limits, as nothing is to meet them here: these are three and ten real seconds.
WAITING = {"wait_timeout": 200, "wait_interval": 2, "request_timeout": 60}
# In the engine's seconds. A slow task is still under way when the module is run again, for longer than a submission
# without an answer is watched, and ends within the watch of half a minute that follows on a run that was killed.
FAST, SLOW = 1.0, 14.0
# In the simulator's seconds, for processes in real time: such a task is under way until the test pushes the clock on,
# however busy the machine is. Sessions that idle live longer.
OUTLIVES = 500.0
# What they then wait at most, in the engine's seconds: three real minutes.
PATIENT = {"wait_timeout": 3600, "request_timeout": 600}


class Plan:
    """Renames of some backups, single or in bulk. wanted: new names by id; old: the names before, of all backups."""

    def __init__(self, simulator: Simulator, size: int | None = None, prefix: str = "renamed") -> None:
        """size: how many in one call; None for the single form."""
        self._control: Control = simulator.control
        self._connection = targets.connection(simulator, "svt_backup_rename")
        self.old: Mapping[str, str] = _names(self._control)
        self.many = size is not None
        ids = [BACKUP, *sorted(set(self.old) - {BACKUP})][: size or 1]
        self.wanted: dict[str, str] = {id: f"{prefix}-{number}" for number, id in enumerate(ids)}

    @property
    def options(self) -> dict[str, Any]:
        """The options of the module."""
        return self._with(self.wanted)

    @property
    def undo(self) -> dict[str, Any]:
        """The options that give the old names back."""
        return self._with({id: self.old[id] for id in self.wanted})

    def _with(self, names: Mapping[str, str]) -> dict[str, Any]:
        renames = [{"id": id, "new_name": name} for id, name in names.items()]
        what = {"renames": renames} if self.many else renames[0]
        return {**self._connection, **WAITING, **what}

    def with_options(self, **more: Any) -> dict[str, Any]:
        """The options with these changed or added."""
        return {**self.options, **more}

    def wait_for_submissions(self, count: int) -> None:
        """Wait until the server has taken so many."""
        for _look in range(12_000):
            if sum(self.accepted().values()) >= count:
                return
            time.sleep(0.005)
        raise AssertionError(f"{self.accepted()} submissions, and not {count}")

    def names(self) -> dict[str, str]:
        """The present names of the backups that are renamed."""
        now = _names(self._control)
        return {id: now[id] for id in self.wanted}

    def others_untouched(self) -> bool:
        """Whether all other backups are as they were."""
        now = _names(self._control)
        return all(now.get(id) == name for id, name in self.old.items() if id not in self.wanted)

    def accepted(self) -> Counter[str]:
        """How many submissions the server took, by id of the backup."""
        return Counter(one["backup_id"] for one in self._control.changes() if one["operation"] == "rename")


def _names(control: Control) -> dict[str, str]:
    return {one["id"]: one["name"] for one in control.objects("simplivity", "backups")}
