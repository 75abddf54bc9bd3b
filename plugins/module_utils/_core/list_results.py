# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What a module gives of a long list instead of the list: counts, or a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any


def argument_spec() -> dict[str, Any]:
    """summary and output_file, the same on every list of a back end."""
    return {"summary": {"type": "bool", "default": False}, "output_file": {"type": "path"}}


def summary(objects: Iterable[Mapping[str, Any]], keys: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """How many of the objects have each value, most first, for each of `keys`: a name in the result and the path of
    the field, such as `result.code`. An object without the field counts below an empty text."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in keys}
    for thing in objects:
        for name, path in keys.items():
            counts[name][_text(thing, path)] += 1
    return {
        name: dict(sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))) for name, found in counts.items()
    }


def _text(thing: Mapping[str, Any], path: str) -> str:
    value: Any = thing
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return "" if value is None else str(value)
