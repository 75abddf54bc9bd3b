# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules as fault tests meet them: found by listing, each with the least options that make it do its work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from properties.catalogue import MODULES
from simulator.process import Simulator

from .running import run

# Beside the connection options, and beside the ids that `options` takes from the simulator.
_LEAST: dict[str, dict[str, Any]] = {
    "svt_backup_rename": {"new_name": "renamed", "wait_interval": 1},
}

every_module = pytest.mark.parametrize("module", MODULES)


def connection(simulator: Simulator, module: str) -> dict[str, Any]:
    """The connection options of a module's back end."""
    if module.startswith("svt_"):
        return {**simulator.simplivity, "ca_path": simulator.ca_path}
    return {**simulator.acronis, "ca_path": simulator.ca_path}


def options(simulator: Simulator, module: str) -> dict[str, Any]:
    """Options with which a module does its work on the simulator's own objects."""
    found = {**connection(simulator, module), **_LEAST.get(module, {})}
    if module == "svt_backup_rename":
        found["id"] = simulator.control.objects("simplivity", "backups")[0]["id"]
    if module == "svt_task_info":
        found["id"] = [_started_task(simulator)]
    return found


def _started_task(simulator: Simulator) -> str:
    """The id of a task that is under way; its own requests are not in the ledger."""
    given = {**options(simulator, "svt_backup_rename"), "wait": False}
    started = run("svt_backup_rename", given)
    simulator.control.clear_ledger()
    return str(started.result["task"]["id"])


def secrets(simulator: Simulator, given: Mapping[str, Any]) -> list[str]:
    """What must not come out of a run: the secrets among its options, and every token that was handed out."""
    named = [given[name] for name in ("password", "client_secret", "access_token") if given.get(name)]
    issued = [token for api in simulator.control.state().values() for token in api["tokens"]]
    return [*named, *issued]
