# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What a module gives of a long list instead of the list: counts, or a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from .filters import field_of


def argument_spec() -> dict[str, Any]:
    """summary and output_file, the same on every list of a back end."""
    return {"summary": {"type": "bool", "default": False}, "output_file": {"type": "path"}}


def summary(objects: Iterable[Mapping[str, Any]], keys: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """How many of the objects have each value, most first, for each of `keys`: a name in the result and the path of
    the field, such as `result.code`. An object without the field counts below an empty text."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in keys}
    for thing in objects:
        for name, path in keys.items():
            value = field_of(thing, path)
            counts[name]["" if value is None else str(value)] += 1
    return {
        name: dict(sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))) for name, found in counts.items()
    }
