# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Why a task or an activity ended as it did, in words (acronis.md 3.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._core.text import clean

_DEEPEST_CAUSE = 5


def reason(result: Mapping[str, Any], redact: Callable[[str], str]) -> str:
    """The readable words of a result's error, or of its first warning. Empty when there are none.

    redact: takes secrets out of a text. It comes before texts are cut, or the half of one would be left.
    """
    return ", ".join(words(result, redact))


def words(result: Mapping[str, Any], redact: Callable[[str], str] = str) -> list[str]:
    """The same one by one: effect, cause and code, then those of what caused it."""
    error: Any = result.get("error")
    if not isinstance(error, dict):
        warnings = result.get("warnings")
        error = warnings[0] if isinstance(warnings, list) and warnings else None
    found: list[str] = []
    for _level in range(_DEEPEST_CAUSE):
        if not isinstance(error, dict):
            break
        raw_context = error.get("context")
        context: Mapping[str, Any] = raw_context if isinstance(raw_context, dict) else {}
        texts = [context.get("effect_str"), context.get("cause_str"), error.get("code")]
        found.extend(clean(redact(text), 150).rstrip(".") for text in texts if isinstance(text, str) and text)
        error = next((error[key] for key in ("cause", "inner", "suberror") if isinstance(error.get(key), dict)), None)
    return list(dict.fromkeys(found))
