# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters over lists of backups, tasks or activities: the newest of each machine, streaks, freshness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.safehold.backup.plugins.plugin_utils._ansible import as_filter
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence import history


class FilterModule:
    """The filters by their names."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {name: as_filter(name, getattr(history, name)) for name in ("latest_per", "streaks", "freshness")}
