# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows how far the modules of this collection are while they wait."""

from __future__ import annotations

DOCUMENTATION = r"""
name: progress
type: aggregate
short_description: Show how far a module is while it waits
description:
  - Shows what the modules of this collection are doing while they wait for tasks of a SimpliVity federation or of
    Acronis. That is the state, the percentage, how many of several are done and have failed, how many end in a second
    and how much time may be left.
  - On a terminal it is a bar for each host at the foot of the output, which is drawn anew each second and vanishes at
    the end of the wait. Everywhere else, as in pipelines, in AWX and in files, it is a plain line now and then.
  - A wait that is over within half a second is not shown.
version_added: 1.0.0
author:
  - safehold.backup contributors !UNKNOWN
requirements:
  - Enabling it in the configuration, with C(ANSIBLE_CALLBACKS_ENABLED) or C(callbacks_enabled), beside any other
    callbacks. It goes together with every callback that prints the results.
  - For ad-hoc calls also C(ANSIBLE_LOAD_CALLBACK_PLUGINS) or C(bin_ansible_callbacks).
notes:
  - The modules hand over what they know in a private file on the controller, in a directory below C(local_tmp) that
    exists only as long as the play. Without this callback they write nothing.
  - Only modules that run on the controller as the same user are seen, that is with the connection C(local), where
    modules that speak to an API run anyway. Other hosts, and C(become) to another user, show nothing.
  - With C(no_log) on a task nothing of its progress is shown. Secrets are masked as in results.
  - Set O(stream=stderr) when a program reads standard output, as with the callback P(ansible.posix.json#callback).
options:
  style:
    description:
      - How progress is shown.
      - V(auto) is a bar on a terminal that can move its cursor, and lines everywhere else and where C(CI) is set.
      - V(bar) is a bar on every terminal, and lines where there is none.
      - V(lines) are plain lines, as a person who uses a screen reader may want them.
    type: str
    choices: [auto, bar, lines]
    default: auto
    env:
      - name: SAFEHOLD_PROGRESS_STYLE
    ini:
      - section: callback_safehold_progress
        key: style
  interval:
    description:
      - Seconds between two plain lines at least. A line is printed when something has changed since the last one.
      - At least one second.
    type: float
    default: 5
    env:
      - name: SAFEHOLD_PROGRESS_INTERVAL
    ini:
      - section: callback_safehold_progress
        key: interval
  heartbeat:
    description:
      - Seconds after which a plain line is printed although nothing has changed, so that a pipeline does not give up.
      - V(0) means never.
    type: float
    default: 60
    env:
      - name: SAFEHOLD_PROGRESS_HEARTBEAT
    ini:
      - section: callback_safehold_progress
        key: heartbeat
  stream:
    description: Where it is shown.
    type: str
    choices: [stdout, stderr]
    default: stdout
    env:
      - name: SAFEHOLD_PROGRESS_STREAM
    ini:
      - section: callback_safehold_progress
        key: stream
"""

import os
import sys
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any

from ansible import constants
from ansible.plugins.callback import CallbackBase
from ansible.utils.color import stringc
from ansible_collections.safehold.backup.plugins.module_utils._core.progress_file import VARIABLE
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_board import SHORTEST_INTERVAL, Board
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_screens import Lines, Rows, Screen
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_session import Session
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_wait import Wait

_OURS = ("svt_", "acronis_")
_RUNNER = "AWX_ISOLATED_DATA_DIR"  # ansible-runner shows a terminal to Ansible and reads events from it


def _harmless(method: Callable[..., None]) -> Callable[..., None]:
    """No play fails, or tells of an error, because of what is only shown beside it."""

    @wraps(method)
    def harmless(self: CallbackModule, *args: Any, **kwargs: Any) -> None:
        try:
            method(self, *args, **kwargs)
        except Exception as error:  # pylint: disable=broad-except
            self.disabled = True
            self._display.v(f"{self.CALLBACK_NAME} shows nothing any more: {type(error).__name__}")

    return harmless


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Gives each task of ours a file for each host, and shows what its modules write there."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "safehold.backup.progress"
    CALLBACK_NEEDS_ENABLED = True

    _session: Session | None = None
    _outer_path: str | None = None

    @_harmless
    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """The worker for the task is forked right after this, and inherits the variable."""
        action = task.action.rpartition(".")[2]
        if action.startswith(_OURS):
            if self._session is None:
                self._session = self._new_session()
                self._outer_path = os.environ.get(VARIABLE)
            wait = Wait(host.get_name(), task.action)
            os.environ[VARIABLE] = self._session.begin(_key(host, task), wait)
        elif action == "pause" and self._session is not None:
            self._session.hush(_key(host, task))

    @_harmless
    def v2_runner_on_ok(self, result: Any) -> None:
        task = _of(result, "task")
        if self._session is not None and task.async_val and not task.poll:
            self._session.detach(_key(_of(result, "host"), task))
        else:
            self._end(result)

    @_harmless
    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._end(result)

    @_harmless
    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._end(result)

    @_harmless
    def v2_runner_on_skipped(self, result: Any) -> None:
        self._end(result)

    @_harmless
    def v2_playbook_on_stats(self, stats: Any) -> None:
        """The end, of an ad-hoc call as well. On any other way out the session ends itself."""
        if self._session is not None:
            self._session.close()
            self._session = None
            os.environ.pop(VARIABLE, None)
            if self._outer_path is not None:
                os.environ[VARIABLE] = self._outer_path

    def _end(self, result: Any) -> None:
        if self._session is not None:
            self._session.end(_key(_of(result, "host"), _of(result, "task")))

    def _new_session(self) -> Session:
        interval = self.get_option("interval")
        if not interval >= SHORTEST_INTERVAL:
            self._display.warning(
                f"{self.CALLBACK_NAME}: interval: is {interval:g}, and at least {SHORTEST_INTERVAL:g} second lies "
                "between two lines; give a larger one"
            )
        board = Board(interval, self.get_option("heartbeat"))
        return Session(board, self._screen(), constants.DEFAULT_LOCAL_TMP)

    def _screen(self) -> Screen:
        name, style = self.get_option("stream"), self.get_option("style")
        stream = getattr(sys, name)
        is_terminal = stream.isatty() and _RUNNER not in os.environ
        can_draw = os.environ.get("TERM", "") not in ("", "dumb") and not os.environ.get("CI")
        if is_terminal and (style == "bar" or (style == "auto" and can_draw)):
            return Rows(self._display, stream, stringc)
        return Lines(self._display, stream, name == "stderr", constants.COLOR_SKIP)


def _key(host: Any, task: Any) -> Hashable:
    return host.get_name(), task._uuid


def _of(result: Any, part: str) -> Any:
    """The task or the host of a result; before ansible-core 2.19 their names begin with an underscore."""
    return getattr(result, part) if hasattr(result, part) else getattr(result, "_" + part)
