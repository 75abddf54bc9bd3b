# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""An Ansible module as the host of a shape: the only file that knows AnsibleModule."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule, env_fallback, missing_required_lib

from .._core.client import Runtime
from .._core.clock import Clock
from .._core.errors import Failure, unexpected
from .._core.journal import state_directory
from .._core.requests_import import REQUESTS_IMPORT_ERROR, requests_too_old
from .._core.text import clean
from .host import BackEnd, Interrupted, Shape

_LONGEST_MESSAGE = 1000
_SHORT_SECRET = 4


class ModuleHost:
    """AnsibleModule seen as a Host."""

    def __init__(self, module: AnsibleModule) -> None:
        self.params: Mapping[str, Any] = module.params
        self.check_mode: bool = module.check_mode
        self.diff: bool = module._diff  # pylint: disable=protected-access
        self.no_log: bool = module.no_log
        self.runtime = Runtime(Clock(), self._mask, self._warn, state_directory())
        self._module = module
        self._started = time.monotonic()

    def exit(self, result: Mapping[str, Any]) -> NoReturn:
        self._module.exit_json(**result)
        raise AssertionError("exit_json returned")

    def fail(self, failure: Failure) -> NoReturn:
        facts = failure.as_dict()
        facts["elapsed"] = round(time.monotonic() - self._started, 3)
        facts["requests"] = self.runtime.requests
        message = clean(self.runtime.redact(failure.message), _LONGEST_MESSAGE)
        self._module.fail_json(msg=message, failure=facts, **{"changed": False, **failure.result})
        raise AssertionError("fail_json returned")

    def _mask(self, secret: str) -> None:
        self._module.no_log_values.add(secret)
        if 0 < len(secret) < _SHORT_SECRET:
            self._warn(
                "a secret has fewer than four characters, so Ansible hides the same text wherever else it occurs"
            )

    def _warn(self, text: str) -> None:
        self._module.warn(clean(self.runtime.redact(text), _LONGEST_MESSAGE))


def run_module(shape: Shape, back_end: BackEnd, argument_spec: Mapping[str, Any], **rules: Any) -> NoReturn:
    """Run a shape as an Ansible module and end the process with its result or its failure.

    argument_spec: the module's own options; the back end's connection options join them. rules: as AnsibleModule has
    them (mutually_exclusive and so on). Never lets an exception's own text out: it may hold anything.
    """
    spec = {**back_end.argument_spec(), **argument_spec}
    module = AnsibleModule(argument_spec=_with_fallbacks(spec), supports_check_mode=True, **rules)
    if REQUESTS_IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), failure=Failure("input", "").as_dict())
    if requests_too_old():
        module.fail_json(msg=missing_required_lib("requests >= 2.28.1"), failure=Failure("input", "").as_dict())
    host = ModuleHost(module)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if not host.params["validate_certs"]:
            host.runtime.warn("validate_certs is false: the server's certificate is not checked, so anyone may answer")
        result = shape(host, back_end)
    except Failure as failure:
        host.fail(failure)
    except Interrupted:
        host.fail(
            Failure("timeout", "the module was told to stop (SIGTERM) before it was done; no change was under way")
        )
    except Exception as error:  # pylint: disable=broad-except
        host.fail(unexpected(error))
    host.exit(result)


def _interrupt(*_signal: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Interrupted()


def _with_fallbacks(spec: Mapping[str, Any]) -> dict[str, Any]:
    """`env` of our specs as the fall-back that Ansible knows."""
    ready = {}
    for name, option in spec.items():
        option = dict(option)
        if "env" in option:
            option["fallback"] = (env_fallback, [option.pop("env")])
        ready[name] = option
    return ready
