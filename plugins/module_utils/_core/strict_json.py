# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""JSON read strictly: what `response.json()` silently repairs would end up in names and ids (reliability.md E6-E10)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

from .text import safe_data

# a surrogate, a reserved key, or an escape that may spell one: _ is 5f, small letters are 61 to 7a
_NEEDS_CARE = re.compile(rb"\\u[dD][89a-fA-F]|\\u00[567]|_ansible")


class NotJson(ValueError):
    """The body is not one well-formed JSON document. Its text is fixed words, never the body."""


def parse(body: bytes, texts: dict[str, str] | None = None) -> Any:
    """The document in `body`. Raises NotJson for bad UTF-8, NaN, duplicate keys, trailing data or absurd nesting.

    texts: those of earlier documents, to be shared with this one; its own join them.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotJson("it is not UTF-8") from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_objects({} if texts is None else texts),
            parse_constant=_refuse_constant,
            parse_float=_finite_float,
        )
    except NotJson:
        raise
    except RecursionError:
        raise NotJson("it is nested too deeply") from None
    except ValueError:
        raise NotJson("it is empty" if not text.strip() else "it is not JSON") from None
    # most lists hold neither, and that is known sooner than the expression is tried everywhere
    may_need_care = b"\\u" in body or b"_ansible" in body
    return safe_data(value) if may_need_care and _NEEDS_CARE.search(body) else value


def _objects(texts: dict[str, str]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """Makes the objects of a document. A text that comes again and again, such as the name of a cluster, is kept once:
    a list of a hundred thousand backups takes half the memory."""

    def make(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            raise NotJson("a key appears twice in one object")
        for key, item in pairs:
            if item.__class__ is str:  # a parser makes no others, and this runs for every value of a list
                value[key] = texts.setdefault(item, item)
        return value

    return make


def _refuse_constant(name: str) -> Any:
    raise NotJson(f"it holds {name}, which is not JSON")


def _finite_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise NotJson("it holds a number out of range")
    return value
