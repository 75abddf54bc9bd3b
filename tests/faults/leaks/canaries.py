# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that are made to be found: one for each secret option of each module, as the argument specs name them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from properties.catalogue import MODULES, group_of, handed_to_ansible

# What a name of a secret looks like. Whoever adds such an option says whether it is one.
SECRET_NAME = re.compile(r"passw|passphrase|secret|token|credential|api_?key|private_?key|auth", re.IGNORECASE)


def canary(of: str) -> str:
    """A secret that every option takes, and that changes in each form: quotes, a slash, a backslash, URL signs."""
    digest = hashlib.sha256(of.encode()).hexdigest()
    return f"Kn{digest[:7]}/\"q'\\r+%2f=&Z{digest[7:13]}"


def options_of(module: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each option of a module with its spec, also those below others; `a.b` is b below a."""
    yield from _walked("", handed_to_ansible(module)["argument_spec"])


def _walked(prefix: str, spec: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, option in spec.items():
        yield prefix + name, option
        yield from _walked(f"{prefix}{name}.", option.get("options") or {})


def secret_options(module: str) -> list[str]:
    """The options of a module that hold a secret: those that say so, and those that forgot to."""
    return [
        name
        for name, option in options_of(module)
        if option.get("no_log") or (option.get("no_log") is None and SECRET_NAME.search(name))
    ]


def _all() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for module in MODULES:
        group = group_of(module)
        for option in secret_options(module):
            found.setdefault(group, {})[option] = canary(f"{group}.{option}")
    return found


# group, option, secret
CANARIES = _all()
SVT, ACRONIS = CANARIES["simplivity"], CANARIES["acronis"]
EVERY_CANARY = [secret for options in CANARIES.values() for secret in options.values()]


def variables() -> dict[str, str]:
    """The secrets as variables that a playbook finds in a file."""
    return {f"{group}_{option}": secret for group, options in CANARIES.items() for option, secret in options.items()}


def templates(module: str) -> dict[str, str]:
    """Every secret option of a module, by its variable."""
    return {option: f"{{{{ {group_of(module)}_{option} }}}}" for option in secret_options(module)}


def in_environment() -> dict[str, str]:
    """The secrets as the environment variables that the specs fall back to."""
    found = {}
    for module in MODULES:
        for name, option in options_of(module):
            if name in secret_options(module) and option.get("fallback"):
                for variable in option["fallback"][1]:
                    found[variable] = CANARIES[group_of(module)][name]
    return found
