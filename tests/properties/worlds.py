# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the EXAMPLES of the modules speak of beside the simulator's own objects, and cases that EXAMPLES lack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.process import Control

# Connection options are the only thing in an EXAMPLE that is replaced, and only these values of them.
EXAMPLE_HOST = "svt.example.com"
EXAMPLE_DATACENTER = "https://eu2-cloud.acronis.com"
EXAMPLE_CA = "/etc/ssl/certs/simplivity.pem"


def _rename(control: Control) -> None:
    month_end = {"id": "5c1b1f0e-1c55-4e0b-9b5c-6c2d0c8b0a01", "name": "2019-05-09T22:00:00-04:00"}
    control.add("simplivity", "backups", **month_end, virtual_machine_name="db01")
    control.add("simplivity", "backups", name="2019-05-09T22:00:00-04:00", virtual_machine_name="web01")


def _acronis_tasks(control: Control) -> None:
    control.patch("acronis", "tasks", 944455285181775873, state="completed", result={"code": "cancelled"})


def _acronis_activities(control: Control) -> None:
    progress = {"current": 42, "total": 100, "bytesProcessed": 123456789}
    control.add("acronis", "activities", state="started", progress=progress)


WORLDS: dict[str, Callable[[Control], None]] = {
    "svt_backup_rename": _rename,
    "acronis_task_info": _acronis_tasks,
    "acronis_activity_info": _acronis_activities,
}

_LARGE: dict[str, dict[str, Any]] = {"counts and a file": {"summary": True, "output_file": "~/list.json"}}
# More tasks for the comparison with RETURN, run after the EXAMPLES: options by name.
MORE: dict[str, dict[str, dict[str, Any]]] = {
    "svt_token": {"a token that is shown": {}},
    "acronis_token": {"a token that is shown": {}},
    "svt_backup_rename": {
        "an ambiguous name": {"name": "2016-03-14T22:00:00-04:00", "new_name": "x"},
        "a failure among many": {
            "renames": [{"id": "00000000-0000-4000-8000-000000000000", "new_name": "x"}],
            "on_error": "continue",
        },
    },
    **{
        name: {"all of them": {}, **_LARGE}
        for name in ("svt_backup_info", "acronis_task_info", "acronis_activity_info", "acronis_resource_info")
    },
    **{
        name: {"all of them": {"show_optional_fields": True}, **_LARGE}
        for name in ("svt_host_info", "svt_datastore_info", "svt_virtual_machine_info")
    },
}
