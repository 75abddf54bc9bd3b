# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""How a module prints a result with long lists.

AnsibleModule copies a result value by value to look for secrets, and writes it with a slow encoder: of 20,000 backups
that took 88 % of the module's processor time. Here each list is written once, by the quick encoder, and searched as a
text. Only where a secret is found are Ansible's copies made, so that it is masked as it always is.
"""

from __future__ import annotations

import io
import json
import sys
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values

_OBJECTS_A_PIECE = 1000


def exit_json(module: AnsibleModule, result: Mapping[str, Any]) -> NoReturn:
    """AnsibleModule.exit_json with the same outcome, for a result whose lists hold nothing but JSON's own types."""
    secrets = module.no_log_values
    places = {key: uuid.uuid4().hex for key, value in result.items() if isinstance(value, list)}
    lists = {
        key: (json.dumps(place), _pieces(result[key], secrets))
        for key, place in places.items()
        if not _holds(place, secrets)
    }
    output = io.StringIO()
    try:
        with redirect_stdout(output):
            module.exit_json(**{**result, **{key: places[key] for key in lists}})
    finally:
        _write(output.getvalue(), lists.values())
    raise AssertionError("exit_json returned")


def masked_json(value: Any, secrets: Iterable[str]) -> str:
    """The value as JSON (ASCII), without the secrets, which Ansible masks where there are any."""
    text = json.dumps(value)
    return json.dumps(remove_values(value, secrets)) if _holds(text, secrets) else text


def _pieces(value: Sequence[Any], secrets: Iterable[str]) -> list[str]:
    """A list as JSON, in pieces: a text in one would be in memory once more while it is written."""
    pieces = ["["]
    for start in range(0, len(value), _OBJECTS_A_PIECE):
        piece = masked_json(value[start : start + _OBJECTS_A_PIECE], secrets)
        pieces += [", " if start else "", piece[1:-1]]
    return [*pieces, "]"]


def _holds(text: str, secrets: Iterable[str]) -> bool:
    return any(json.dumps(secret)[1:-1] in text for secret in secrets)


def _write(output: str, lists: Iterable[tuple[str, Sequence[str]]]) -> None:
    """To standard output, with each list where its place is."""
    for place, pieces in lists:
        before, _place, output = output.partition(place)
        sys.stdout.writelines([before, *pieces])
    sys.stdout.write(output)
