# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""An Ansible module as the host of a shape."""

from __future__ import annotations

import gc
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule, _load_params, remove_values

from .._core.client import Runtime
from .._core.clock import Clock
from .._core.errors import Failure, unexpected
from .._core.journal import state_directory
from .._core.progress import Tell
from .._core.progress_file import progress_file
from .._core.requests_import import REQUESTS_IMPORT_ERROR, requests_too_old
from .._core.text import Redactor, clean
from . import ansible_result
from .ansible_options import Options, from_environment
from .host import BackEnd, Interrupted, Shape

_LONGEST_MESSAGE = 1000
_SHORT_SECRET = 4
# Python looks for garbage that holds itself after so many new objects; at its own 700 that takes a fifth of the time of
# a long list, all of whose objects are kept.
_OBJECTS_A_COLLECTION = 200_000
_NO_REQUESTS = (
    "the Python library requests (2.28.1 or newer) is not there for {python}: install it with {python} -m pip install "
    "requests, or the package python3-requests, or set ansible_python_interpreter to a Python that has it"
)


class _Module(AnsibleModule):  # type: ignore[misc]
    """Gives the failures of Ansible's own checks, made before anything is sent, the shape of all others."""

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        if "failure" not in result:
            msg = self._refusal() or msg
            result["failure"] = {**Failure("input", msg).as_dict(), "elapsed": 0.0, "requests": 0}
        super().fail_json(msg, **result)
        raise AssertionError("fail_json returned")

    def _refusal(self) -> str | None:
        redact = Redactor()
        for name, option in self.argument_spec.items():
            if option.get("no_log") and self.params.get(name):
                # where a list holds what it must not, Ansible leaves off before it knows the secrets
                self.no_log_values.add(str(self.params[name]))
                redact.add(str(self.params[name]))
        # as they were written: of what it refuses, Ansible has left something out
        options = Options(_load_params(), redact)
        rules = {"mutually_exclusive": self.mutually_exclusive, "required_one_of": self.required_one_of}
        return options.refusal(self.argument_spec, rules, self.params)


class ModuleHost:
    """AnsibleModule seen as a Host."""

    def __init__(self, module: AnsibleModule) -> None:
        self.params: Mapping[str, Any] = module.params
        self.check_mode: bool = module.check_mode
        self.diff: bool = module._diff  # pylint: disable=protected-access
        self.no_log: bool = module.no_log
        self.runtime = Runtime(Clock(), self._mask, self._warn, state_directory(), self._progress())
        self._module = module
        self._started = time.monotonic()

    def exit(self, result: Mapping[str, Any]) -> NoReturn:
        _ignore_stop()
        ansible_result.exit_json(self._module, result)

    def as_json(self, value: Any) -> str:
        return ansible_result.masked_json(value, self._module.no_log_values)

    def fail(self, failure: Failure) -> NoReturn:
        _ignore_stop()
        facts = self._redacted(failure.as_dict())
        facts["elapsed"] = round(time.monotonic() - self._started, 3)
        facts["requests"] = self.runtime.requests
        message = clean(self.runtime.redact(failure.message), _LONGEST_MESSAGE)
        self._module.fail_json(msg=message, failure=facts, **{"changed": False, **failure.result})
        raise AssertionError("fail_json returned")

    def _redacted(self, value: Any) -> Any:
        """The server's words without what Ansible does not recognise: a secret in another form."""
        if isinstance(value, str):
            return self.runtime.redact(value)
        if isinstance(value, dict):
            return {key: self._redacted(item) for key, item in value.items()}
        return [self._redacted(item) for item in value] if isinstance(value, list) else value

    def _progress(self) -> Tell | None:
        """Tells the callback how far a wait is, masked as the result is; nothing with no_log."""
        file = None if self.no_log else progress_file()
        if file is None:
            return None

        def tell(record: Mapping[str, Any]) -> None:
            with suppress(Exception):
                safe = {
                    key: clean(item) if isinstance(item, str) else item for key, item in self._redacted(record).items()
                }
                file.append(remove_values(safe, self._module.no_log_values))

        return tell

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
    module = _Module(argument_spec=_with_fallbacks(spec), supports_check_mode=True, **rules)
    if REQUESTS_IMPORT_ERROR or requests_too_old():
        module.fail_json(_NO_REQUESTS.format(python=sys.executable))
    gc.set_threshold(_OBJECTS_A_COLLECTION)
    # what is loaded by now is no garbage before the process ends, and its exit need not look for any in it either
    gc.freeze()
    host = ModuleHost(module)
    signal.signal(signal.SIGTERM, _interrupt)
    failure = _failure_of(lambda: host.exit(_result(host, back_end, shape)))
    # a value that Ansible does not know is refused in a text that quotes it, also beside a failure
    failure = _failure_of(lambda: host.fail(failure))
    host.fail(failure)


def _result(host: ModuleHost, back_end: BackEnd, shape: Shape) -> dict[str, Any]:
    if not host.params["validate_certs"]:
        unused = "; ca_path is not used" if host.params["ca_path"] else ""
        host.runtime.warn(
            f"validate_certs is false: the server's certificate is not checked, so anyone may answer{unused}"
        )
    return shape(host, back_end)


def _failure_of(end: Callable[[], NoReturn]) -> Failure:
    """The failure that keeps `end` from ending the process.

    It is returned, not told at once: when asked for tracebacks, ansible-core 2.19 and newer print the text of the
    exception that is being handled.
    """
    try:
        end()
    except Failure as failure:
        return failure
    except Interrupted:
        return Failure("timeout", "the module was told to stop (SIGTERM) before it was done; no change was under way")
    except Exception as error:  # pylint: disable=broad-except
        return unexpected(error)


def _interrupt(*_signal: object) -> None:
    _ignore_stop()
    raise Interrupted()


def _ignore_stop() -> None:
    """From here on there is only an end to be told, and half of it would be worse than a moment later."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _with_fallbacks(spec: Mapping[str, Any]) -> dict[str, Any]:
    """`env` of our specs as the fall-back that Ansible knows."""
    ready = {}
    for name, option in spec.items():
        option = dict(option)
        if "env" in option:
            option["fallback"] = (from_environment, [option.pop("env")])
        ready[name] = option
    return ready
