# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the main() of a module in this process, as Ansible would, and reads what it prints."""

from __future__ import annotations

import base64
import contextlib
import gc
import importlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from unittest import mock
from urllib.parse import quote

from ansible.module_utils import basic
from ansible_collections.safehold.backup.plugins.module_utils._shapes import ansible_result

try:
    from ansible.module_utils.testing import patch_module_args
except ImportError:  # ansible-core before 2.19

    @contextlib.contextmanager
    def patch_module_args(args: Mapping[str, Any] | None = None) -> Iterator[None]:
        """Expose the arguments to the AnsibleModule that is made in this context."""
        data = json.dumps({"ANSIBLE_MODULE_ARGS": args or {}}).encode("utf-8")
        with mock.patch.object(basic, "_ANSIBLE_ARGS", data):
            yield


MODULES = "ansible_collections.safehold.backup.plugins.modules."
ACTIONS = "ansible_collections.safehold.backup.plugins.action."


class Ran(NamedTuple):
    """How a module ended. result: as printed. raw: as handed to exit_json or fail_json, before Ansible masks it."""

    result: dict[str, Any]
    raw: dict[str, Any]
    output: str
    failed: bool

    @property
    def msg(self) -> str:
        return str(self.result["msg"])

    @property
    def failure(self) -> dict[str, Any]:
        return dict(self.result["failure"])

    @property
    def warnings(self) -> list[str]:
        found = self.result.get("warnings", [])
        # from ansible-core 2.19 on a warning is an object until the controller shows it
        return [str(warning["event"]["msg"] if isinstance(warning, dict) else warning) for warning in found]


def run_module(
    name: str, args: Mapping[str, Any], check_mode: bool = False, diff: bool = False, no_log: bool = False
) -> Ran:
    """Run one module to its end. Fails when it ends in any other way than by exit_json or fail_json."""
    module = importlib.import_module(MODULES + name)
    flags = {"_ansible_check_mode": check_mode, "_ansible_diff": diff, "_ansible_no_log": no_log}
    out, err = io.StringIO(), io.StringIO()
    with contextlib.ExitStack() as stack:
        stack.enter_context(patch_module_args({**args, **flags}))
        stack.callback(gc.unfreeze)  # this process goes on
        ends = stack.enter_context(recorded_ends())
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(err))
        code: Any = None
        try:
            module.main()
        except SystemExit as exit_status:
            code = exit_status.code
        else:
            raise AssertionError("main() returned without exit_json or fail_json")
    assert len(ends) == 1, f"the module ended {len(ends)} times"
    assert err.getvalue() == "", err.getvalue()
    result = json.loads(out.getvalue())
    assert bool(code) == bool(result.get("failed", False)), f"exit status {code} with failed={result.get('failed')}"
    return Ran(result, ends[0], out.getvalue(), bool(result.get("failed", False)))


@contextlib.contextmanager
def recorded_ends() -> Iterator[list[dict[str, Any]]]:
    """What is handed to exit_json or fail_json meanwhile."""
    ends: list[dict[str, Any]] = []

    def recorded(method: Any) -> Any:
        def record(ended: Any, *end: Any, **result: Any) -> None:
            handed = end[0] if end else {}
            ends.append({**result, **(handed if isinstance(handed, Mapping) else {"msg": handed})})
            method(ended, *end, **result)

        return record

    with contextlib.ExitStack() as stack:
        for owner, method in ((ansible_result, "exit_json"), (basic.AnsibleModule, "fail_json")):
            stack.enter_context(mock.patch.object(owner, method, recorded(getattr(owner, method))))
        yield ends


def assert_no_secret(ran: Ran, secrets: Sequence[str]) -> None:
    """No secret, in no form that it may be quoted in, in what is printed, nor in what was handed over to be printed."""
    texts = (ran.output, json.dumps(ran.raw, ensure_ascii=False, default=str))
    for secret in secrets:
        data = secret.encode("utf-8")
        encoded = base64.b64encode(data).decode("ascii").rstrip("=")
        forms = {secret, secret.upper(), secret[:-1], quote(secret, safe=""), json.dumps(secret)[1:-1], encoded}
        for text in texts:
            found = [form for form in forms if form in text]
            assert not found, f"a secret got out, in {len(found)} forms, in: {text[:2000]}"
