# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What Ansible's own check of the options has refused, told as all bad input is: the option, and what it takes.

Ansible's sentences differ from version to version, do not say which entry of a list they mean, and not always which
option. So the options are looked through once more; where nothing is found here, its sentence is as good.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_dict,
    check_type_float,
    check_type_int,
    check_type_list,
)
from ansible.module_utils.errors import AnsibleFallbackNotFound

from .._core.text import quoted

_TYPES = {
    "int": (check_type_int, "is not a whole number; give one"),
    "float": (check_type_float, "is not a number; give one"),
    "bool": (check_type_bool, "is neither true nor false; give one of them"),
    "list": (check_type_list, "is not a list; give one"),
    "dict": (check_type_dict, "is not a dictionary; give one"),
}
_KINDS = {type(None): "null", list: "a list", dict: "a dictionary"}


def from_environment(name: str) -> str:
    """The fall-back of an option. An empty variable is not set: that is how a pipeline passes on what it lacks."""
    value = os.environ.get(name)
    if not value:
        raise AnsibleFallbackNotFound
    return value


class Options:
    """The options of one run. written: by the user; the others come from the environment, or are not set.

    redact: takes the secrets out of a text.
    """

    def __init__(self, written: Mapping[str, Any], redact: Callable[[str], str]) -> None:
        self._written = written
        self._redact = redact

    def refusal(self, spec: Mapping[str, Any], rules: Mapping[str, Any], params: Mapping[str, Any]) -> str | None:
        """The first thing that is wrong; None when nothing is found. spec, rules: as AnsibleModule has them. params:
        the options with what comes from the environment."""
        fallen_back = {name: params[name] for name, option in spec.items() if _variable(option) and params.get(name)}
        return next(self._refusals("", spec, rules, {**fallen_back, **self._written}), None)

    def _refusals(
        self, where: str, spec: Mapping[str, Any], rules: Mapping[str, Any], values: Mapping[str, Any]
    ) -> Iterator[str]:
        """where: what stands before the names of the options: ``, or `renames[3].`."""
        place = f"{where.rstrip('.')}: " if where else ""
        for group in rules.get("mutually_exclusive") or ():
            together = [name for name in group if name in values]
            if len(together) > 1:
                yield f"{place}{' and '.join(together)} are mutually exclusive; keep one of them"
        for group in rules.get("required_one_of") or ():
            if not any(name in values for name in group):
                yield f"{place}one of these is required: {', '.join(group)}"
        for name, option in spec.items():
            if name in values:
                yield from self._refusals_of(where + name, option, values[name])
            elif option.get("required"):
                variable = _variable(option)
                yield f"{where}{name}: is missing; set it" + (f", or {variable} in the environment" if variable else "")
        for name in values if where else ():
            if name not in spec:
                yield f"{place}there is no option {quoted(name)}; the options are {', '.join(spec)}"

    def _refusals_of(self, name: str, option: Mapping[str, Any], value: Any) -> Iterator[str]:
        if value is None and option.get("default") is None:
            return
        check, problem = _TYPES.get(option.get("type", "str"), (str, ""))
        try:
            checked = check(value)
        except (TypeError, ValueError):
            source = f" (from {_variable(option)})" if name not in self._written and _variable(option) else ""
            yield f"{name}{source}: {self._shown(value)} {problem}{_instead(option)}"
            return
        if option.get("elements") == "dict":
            yield from self._refusals_of_entries(name, option, value, checked)

    def _refusals_of_entries(
        self, name: str, option: Mapping[str, Any], value: Any, entries: list[Any]
    ) -> Iterator[str]:
        for number, entry in enumerate(entries):
            try:
                values = check_type_dict(entry)
            except (TypeError, ValueError):
                names = ", ".join(option["options"])
                if isinstance(value, list):
                    yield f"{name}[{number}]: {self._shown(entry)} is not a dictionary; give one with some of {names}"
                else:
                    yield f"{name}: {self._shown(value)} is not a list of dictionaries; give one with some of {names}"
            else:
                yield from self._refusals(f"{name}[{number}].", option["options"], option, values)

    def _shown(self, value: Any) -> str:
        return _KINDS.get(type(value)) or quoted(self._redact(str(value)))


def _instead(option: Mapping[str, Any]) -> str:
    """What to give instead of something that is not a number."""
    if option["type"] not in ("int", "float"):
        return ""
    return ", or leave it out" if option.get("default") is None else f", such as {option['default']:g}"


def _variable(option: Mapping[str, Any]) -> str:
    """The environment variable of an option, if it has one."""
    return str(option["fallback"][1][0]) if "fallback" in option else ""
