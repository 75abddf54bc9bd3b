# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs in ansible-playbook: prepares the simulator before each task and records what the task did.

A play is a list of cases. Before a case its calls of the control API are made; after it one JSON line is written with
the task's result, the requests that the simulator saw meanwhile and the simulator's counts. So a play of many cases
costs one start of ansible-playbook, and no case sees what another did to the simulator. What the modules remember of
their submissions is forgotten with the simulator's tasks.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from simulator.process import Control

DOCUMENTATION = """
name: case_recorder
type: aggregate
short_description: Records each task with what the simulator saw of it
description:
  - For the tests of this collection only.
requirements: []
"""


class CallbackModule(CallbackBase):
    """The plugin. An error in it is written to the record, since Ansible only warns of it."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "case_recorder"

    def __init__(self) -> None:
        super().__init__()
        self._record = Path(os.environ["CASE_RECORD"])
        self._plan = json.loads(Path(os.environ["CASE_PLAN"]).read_text(encoding="utf-8"))
        self._control = Control(os.environ["CASE_CONTROL_URL"])
        self._since = 0
        state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        self._remembered = Path(state) / "safehold.backup"

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Before a task."""
        try:
            for method, path, body in self._plan.get(task.get_name(), ()):
                self._control.call(method, path, body)
                if path == "/reset":
                    shutil.rmtree(self._remembered, ignore_errors=True)
            self._since = max((entry["n"] for entry in self._control.ledger()), default=0)
        except Exception as error:
            self._write({"name": task.get_name(), "broken": repr(error)})
            raise

    def v2_runner_on_ok(self, result: Any) -> None:
        """After a task that went well."""
        self._save(result, failed=False)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """After a task that failed."""
        self._save(result, failed=True)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """After a task that was skipped."""
        self._save(result, failed=False)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """After a task whose host could not be reached."""
        self._save(result, failed=True)

    def _save(self, result: Any, failed: bool) -> None:
        task = result.task if hasattr(result, "task") else result._task
        data = result.result if hasattr(result, "result") else result._result
        try:
            self._write(
                {
                    "name": task.get_name(),
                    "failed": failed,
                    "result": dict(data),
                    "ledger": self._control.ledger(self._since),
                    "changes": self._control.changes(),
                    "state": self._control.state(),
                }
            )
        except Exception as error:
            self._write({"name": task.get_name(), "broken": repr(error)})
            raise

    def _write(self, record: dict[str, Any]) -> None:
        with self._record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, default=str) + "\n")
