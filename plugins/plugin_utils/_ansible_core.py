# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What running a module in the controller needs of ansible-core beyond what it documents, in one place.

Where something of it is not as expected, `IS_KNOWN` is false, and modules run as processes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible.executor import module_common
from ansible.module_utils import basic
from ansible.module_utils.common import json as ansible_json
from ansible.module_utils.common import warnings
from ansible.plugins.action import ActionBase

try:
    from ansible.module_utils import _internal
    from ansible.module_utils._internal import _traceback
except ImportError:
    IS_OLD = True  # ansible-core before 2.19
else:
    IS_OLD = False

_PROFILE = "legacy"
_NEEDED = [
    (ActionBase, "_execute_module _configure_module _compute_environment_string"),
    (ActionBase, "_is_pipelining_enabled _low_level_execute_command"),
    (basic, "_ANSIBLE_ARGS"),
    (warnings, "_global_warnings _global_deprecations"),
]
if not IS_OLD:
    _NEEDED += [
        (basic, "_ANSIBLE_PROFILE"),
        (ansible_json, "get_module_encoder Direction"),
        (module_common, "_BuiltModule"),
        (_internal, "is_controller"),
        (_traceback, "_is_traceback_enabled _is_module_traceback_enabled _module_tracebacks_enabled_events"),
    ]


def encoded(arguments: Mapping[str, Any]) -> bytes:
    """The arguments as a module is given them."""
    given = {"ANSIBLE_MODULE_ARGS": arguments}
    if IS_OLD:
        return json.dumps(given, cls=ansible_json.AnsibleJSONEncoder, vault_to_text=True).encode()
    encoder = ansible_json.get_module_encoder(_PROFILE, ansible_json.Direction.CONTROLLER_TO_MODULE)
    return json.dumps(given, cls=encoder).encode()


def configured(interpreter: str, path: str) -> Any:
    """What ActionBase._configure_module returns, for a module that nothing is shipped of."""
    shebang = f"#!{interpreter}"
    if IS_OLD:
        return "new", shebang, b"", path
    built = module_common._BuiltModule(  # pylint: disable=protected-access
        b_module_data=b"", module_style="new", shebang=shebang, serialization_profile=_PROFILE
    )
    return built, path


def _is_known() -> bool:
    if not all(hasattr(owner, name) for owner, names in _NEEDED for name in names.split()):
        return False
    try:
        configured("/usr/bin/python3", "a try")
        encoded({})
    except Exception:  # pylint: disable=broad-except
        return False
    return True


IS_KNOWN = _is_known()


def be_a_module(arguments: bytes) -> None:
    """Make this process, a fork of the controller, what a module's process is before its main()."""
    # pylint: disable=protected-access
    basic._ANSIBLE_ARGS = arguments
    warnings._global_warnings.clear()
    warnings._global_deprecations.clear()
    if not IS_OLD:
        basic._ANSIBLE_PROFILE = _PROFILE
        _internal.is_controller = False
        _traceback._is_traceback_enabled = _traceback._is_module_traceback_enabled
        _traceback._module_tracebacks_enabled_events = None
