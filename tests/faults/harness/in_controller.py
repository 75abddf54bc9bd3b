# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module as a worker of Ansible does in the controller: through the action, in a fork of this process.

Importing it makes this process a controller, so that modules do not run in it any more but in its forks.
"""

from __future__ import annotations

import importlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible_collections.safehold.backup.plugins.plugin_utils import _forked
from ansible_collections.safehold.backup.plugins.plugin_utils._in_controller import InController

from unit.module_runner import ACTIONS, Ran, recorded_ends

from .virtual_time import Time


def run_module(
    name: str,
    args: Mapping[str, Any],
    within: Time | None = None,
    check_mode: bool = False,
    diff: bool = False,
    no_log: bool = False,
) -> Ran:
    """As unit.module_runner.run_module. within: the time of the run, which goes on where it ended in the fork."""
    try:
        json.dumps(args, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        pytest.skip("since ansible-core 2.19 Ansible hands no text to a module that cannot be UTF-8")
    task = Task()
    task.action, task.args, task.environment = f"safehold.backup.{name}", dict(args), []
    task.check_mode, task.diff, task.no_log, task.async_val = check_mode, diff, no_log, 0
    loader, context = DataLoader(), PlayContext()
    connection = connection_loader.get("local", context, os.devnull)
    action_class = importlib.import_module(ACTIONS + name).ActionModule
    action = action_class(task, connection, context, loader, Templar(loader=loader), None)
    forked = _forked.run
    seen: list[_forked.Ended] = []
    with tempfile.TemporaryDirectory() as directory:
        told = Path(directory, "told")

        def run(main: Callable[[], object], directory: str) -> _forked.Ended:
            seen.append(forked(lambda: _telling(main, told, within), directory))
            return seen[-1]

        # the threads of this process are the tests' own
        with mock.patch.object(_forked, "run", run), mock.patch.object(InController, "_is_the_same", return_value=True):
            result = action.run(task_vars={})
        (ended,) = seen
        assert ended.stderr == b"", ended.stderr
        facts = json.loads(told.read_text(encoding="utf-8"))
    assert len(facts["ends"]) == 1, f"the module ended {len(facts['ends'])} times"
    if within is not None:
        within.now = facts["now"]
    output = ended.stdout.decode()
    printed = json.loads(output)
    failed = bool(printed.get("failed", False))
    assert bool(ended.code) == failed, f"exit status {ended.code} with failed={failed}"
    kept = {key: value for key, value in printed.items() if key not in ("warnings", "deprecations")}
    unlike = [key for key, value in kept.items() if result.get(key) != value]
    assert not unlike, f"Ansible has something else of {unlike}"
    return Ran(printed, facts["ends"][0], output, failed)


def _telling(main: Callable[[], object], told: Path, within: Time | None) -> None:
    with recorded_ends() as ends:
        try:
            main()
        finally:
            facts = {"ends": ends, "now": within.now if within else None}
            told.write_text(json.dumps(facts, ensure_ascii=False, default=str), encoding="utf-8")
