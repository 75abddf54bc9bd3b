# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The action of all modules: runs a module in a fork of the controller, where that is the same as a process of its own.

Most of what a small task costs is the start of Python and the loading of libraries. Both are done here already, so a
fork has nothing left to do but the module's work. What comes before it and after it is Ansible's own.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.text.converters import to_text
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as Normal

from . import _ansible_core, _forked

VARIABLE = "safehold_in_controller"
ENVIRONMENT = "ANSIBLE_SAFEHOLD_IN_CONTROLLER"
_PLUGINS = "ansible_collections.safehold.backup.plugins"


class InController(Normal):  # type: ignore[misc]
    """A subclass names its module, which is loaded with it: Ansible does that once, before it forks its workers."""

    _main: Callable[[], None] | None = None
    _arguments: bytes = b""
    _here = False

    def __init_subclass__(cls, module: str = "") -> None:
        if module:
            cls._main = _main_of(module)

    def _execute_module(self, *args: Any, task_vars: Any = None, **rest: Any) -> Any:
        self._here = self._is_the_same(task_vars or {})
        try:
            return super()._execute_module(*args, task_vars=task_vars, **rest)
        finally:
            self._here = False

    def _is_pipelining_enabled(self, *args: Any, **rest: Any) -> bool:
        return self._here or super()._is_pipelining_enabled(*args, **rest)

    def _configure_module(self, module_name: str, module_args: Mapping[str, Any], task_vars: Any) -> Any:
        if not self._here:
            return super()._configure_module(module_name, module_args, task_vars)
        self._arguments = _ansible_core.encoded(module_args)
        return _ansible_core.configured(sys.executable, f"{module_name}, in the controller")

    def _low_level_execute_command(self, *args: Any, **rest: Any) -> Any:
        if not self._here:
            return super()._low_level_execute_command(*args, **rest)
        ended = _forked.run(self._run, self._loader.get_basedir())
        stdout, stderr = (to_text(text, errors="surrogate_then_replace") for text in (ended.stdout, ended.stderr))
        return {
            "rc": ended.code,
            "stdout": stdout,
            "stdout_lines": stdout.splitlines(),
            "stderr": stderr,
            "stderr_lines": stderr.splitlines(),
        }

    def _run(self) -> None:
        _ansible_core.be_a_module(self._arguments)
        if self._main is not None:
            self._main()

    def _is_the_same(self, variables: Mapping[str, Any]) -> bool:
        """Whether a process of its own would be the same program, of the same user, in the same surroundings."""
        delegated = variables.get("ansible_delegated_vars", {}).get(self._task.delegate_to, variables)
        return (
            self._main is not None
            and _ansible_core.IS_KNOWN
            and threading.active_count() == 1  # what another one holds would be held in the fork for ever
            and sys.platform != "darwin"  # its libraries do not work in a fork
            and self._connection.transport == "local"
            and not self._task.async_val
            and self._connection.become is None
            and not constants.DEFAULT_KEEP_REMOTE_FILES
            and self._is_wanted(variables)
            and self._is_our_python(delegated)
            and not self._compute_environment_string()
        )

    def _is_wanted(self, variables: Mapping[str, Any]) -> bool:
        name, wanted = ENVIRONMENT, os.environ.get(ENVIRONMENT, True)
        if VARIABLE in variables:
            name, wanted = VARIABLE, self._templar.template(variables[VARIABLE])
        try:
            return bool(boolean(wanted))
        except TypeError:
            raise AnsibleActionFail(f"{name}: is neither true nor false; set it to one of them") from None

    def _is_our_python(self, variables: Mapping[str, Any]) -> bool:
        """An environment of Python is its directory: links to one program may be in several."""
        asked = constants.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        asked = str(self._templar.template(asked)).strip()
        if asked.startswith("auto"):
            return True
        same_directory = os.path.realpath(os.path.dirname(asked)) == os.path.realpath(os.path.dirname(sys.executable))
        return same_directory and os.path.exists(asked) and os.path.samefile(asked, sys.executable)


def _main_of(module: str) -> Any:
    """The module's main(); None where it, or requests, cannot be had here. Its own process will say so, if it must.

    A library that is broken, or warns of its version, is no reason to stop a play, or to speak in it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            requests_import = importlib.import_module(f"{_PLUGINS}.module_utils._core.requests_import")
            if requests_import.REQUESTS_IMPORT_ERROR or requests_import.requests_too_old():
                return None
            main = importlib.import_module(f"{_PLUGINS}.modules.{module}").main
    except Exception:  # pylint: disable=broad-except
        return None
    return staticmethod(main)
