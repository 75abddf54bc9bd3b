# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Evidence as JSON text and back, for files and for templates, which carry a text much faster than its objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .build import checked


def dumped(evidence: Mapping[str, Any]) -> str:
    """The evidence as JSON, a machine a line.

    The line break at the beginning keeps ansible-core before 2.19 from reading the text as a dictionary of Python.
    """
    head = json.dumps({name: part for name, part in evidence.items() if name != "machines"}, ensure_ascii=False)
    machines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in evidence["machines"])
    return f'\n{head[:-1]}, "machines": [\n{machines}\n]}}\n'


def loaded(value: Any) -> dict[str, Any]:
    """Evidence that is given as it is or as JSON text. Raises ValueError when it is none."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError("the evidence is not JSON; give what the role backup_report wrote") from None
    checked(value)
    return value  # type: ignore[no-any-return]  # a dictionary, or checked() had refused it


def script_json(value: Any) -> str:
    """JSON that can stand in a script element of HTML: nothing in it can end the element or begin a comment."""
    text = value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
