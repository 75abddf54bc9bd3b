# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Filters of a list: declared once, they give the argument spec, the checked values and a second check on our side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Union

from .errors import bad_input
from .text import is_encodable, quoted
from .timestamps import parse_option, parse_rfc3339

Value = Union["tuple[str, ...]", int, bool]

# kinds: what the user writes
TEXT = "text"  # one text; an object matches when its field equals it
TEXTS = "texts"  # a list; an object matches when its field equals one of them
PATTERNS = "patterns"  # a list; `*` stands for any text
CONTAINS = "contains"  # a list; an object matches when its field contains one of them
MINIMUM, MAXIMUM = "minimum", "maximum"  # whole numbers, inclusive
FLAG = "flag"
AFTER, BEFORE = "after", "before"  # points in time

_LARGEST = 2**63 - 1
_IF_EMPTY = "leave the option out when it is not to filter"
# What the ids of no system hold, and what stands in a list of objects that was given for one of ids. An id may hold
# colons (simplivity.md 3).
_IN_NO_ID = re.compile(r"[\s\x00-\x1f\x7f{}'\",]")


class Filter(NamedTuple):
    """One filter. option: the module's name for it. wire: the API's. field: where the object holds the value.

    wildcard: the server reads `*` in this filter as any text. single: the server takes one value at a time, whatever it
    is asked elsewhere. many: an object holds a list of values. strict: a time is not within its own bounds.
    choices: the API's enumeration, when it has one. highest: the largest number that the API takes. since: the API
    version that brought it, for what is newer than the oldest supported one.
    """

    option: str
    kind: str = TEXTS
    wire: str = ""
    field: str = ""
    wildcard: bool = False
    single: bool = False
    many: bool = False
    strict: bool = False
    choices: tuple[str, ...] = ()
    highest: int = _LARGEST
    since: tuple[int, int] | None = None

    @property
    def path(self) -> str:
        return self.field or self.option

    @property
    def name(self) -> str:
        return self.wire or self.option


class Condition(NamedTuple):
    """A filter that the user set, with its checked value: texts, a number, a flag or nanoseconds since the epoch."""

    filter: Filter
    value: Value

    @property
    def texts(self) -> tuple[str, ...]:
        return self.value if isinstance(self.value, tuple) else (str(self.value),)

    @property
    def number(self) -> int:
        """The value of a filter that takes a number or a time."""
        return int(self.value) if isinstance(self.value, int) else 0


def argument_spec(filters: Sequence[Filter]) -> dict[str, Any]:
    """The options of these filters."""
    return {filter.option: _option(filter) for filter in filters}


def _option(filter: Filter) -> dict[str, Any]:
    option: dict[str, Any]
    if filter.kind in (TEXTS, PATTERNS, CONTAINS):
        option = {"type": "list", "elements": "str"}
    else:
        option = {"type": {FLAG: "bool", MINIMUM: "int", MAXIMUM: "int"}.get(filter.kind, "str")}
    if filter.choices:
        option["choices"] = list(filter.choices)
    return option


def conditions(filters: Sequence[Filter], params: Mapping[str, Any], now: float) -> list[Condition]:
    """The filters that are set, checked. now: Unix seconds. Raises a Failure of kind input that names the option."""
    found = [
        Condition(filter, _checked(filter, params[filter.option], now))
        for filter in filters
        if params.get(filter.option) is not None
    ]
    limits = {condition.filter.option: condition for condition in found}
    for condition in found:
        twin = limits.get(_twin(condition.filter))
        if twin is None or condition.filter.kind not in (MINIMUM, AFTER):
            continue
        if condition.number > twin.number:
            options = f"{condition.filter.option} and {twin.filter.option}"
            raise bad_input(f"{options} leave nothing between them; exchange or widen them")
    return found


def _twin(filter: Filter) -> str:
    for low, high in (("_after", "_before"), ("_min", "_max"), ("min_", "max_")):
        if low in filter.option:
            return filter.option.replace(low, high)
    return ""


def _checked(filter: Filter, value: Any, now: float) -> Value:
    if filter.kind in (AFTER, BEFORE):
        return parse_option(filter.option, value, now)
    if filter.kind in (MINIMUM, MAXIMUM):
        number = int(value)
        if not 0 <= number <= filter.highest:
            raise bad_input(
                f"{filter.option}: {number} is out of range; give a whole number from 0 to {filter.highest}"
            )
        return number
    if filter.kind == FLAG:
        return bool(value)
    checked = checked_ids if _is_id(filter.path) else checked_texts
    return checked(filter.option, [value] if filter.kind == TEXT else value)


def checked_ids(
    option: str, values: Sequence[str], in_address: bool = False, if_empty: str = _IF_EMPTY
) -> tuple[str, ...]:
    """As `checked_texts`. What cannot be an id is refused, since it would silently mean "nothing".

    in_address: each of them becomes a segment of an address (reliability.md C13).
    """
    ids = checked_texts(option, values, if_empty)
    for id in ids:
        if _IN_NO_ID.search(id) or (in_address and ("/" in id or id in (".", ".."))):
            raise bad_input(
                f"{option}: {quoted(id)} is not an id; give ids as they were returned, "
                "of a list of objects with map(attribute='id')"
            )
    return ids


def checked_texts(option: str, values: Sequence[str], if_empty: str = _IF_EMPTY) -> tuple[str, ...]:
    """The list without repeats. An empty list would silently mean "everything", so it is refused.

    if_empty: what to do then.
    """
    if not values:
        raise bad_input(f"{option}: the list is empty; {if_empty}")
    for value in values:
        if not value:
            raise bad_input(f"{option}: holds an empty text; remove it")
        if not is_encodable(value):
            raise bad_input(f"{option}: {quoted(value)} holds a character that cannot be sent as UTF-8; correct it")
    return tuple(dict.fromkeys(values))


def field_of(thing: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, None when a part is missing."""
    value: Any = thing
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def matches(condition: Condition, thing: Mapping[str, Any], case_sensitive: bool = True, was_sent: bool = True) -> bool:
    """Whether an object meets a condition. A field that is missing or says nothing ("NA", empty) is the server's to
    judge: it matches if the condition was sent, else it does not."""
    value = field_of(thing, condition.filter.path)
    if value is None or (condition.filter.path != "name" and value in ("", "NA", [])):
        return was_sent
    kind = condition.filter.kind
    if kind in (TEXT, TEXTS, PATTERNS, CONTAINS):
        wanted = condition.texts
        found = [str(item) for item in value] if isinstance(value, list) else [str(value)]
        # a UUID is the same in capitals, and a server may take it so
        if not case_sensitive or _is_id(condition.filter.path):
            wanted = tuple(text.casefold() for text in wanted)
            found = [text.casefold() for text in found]
        if kind in (TEXT, TEXTS):
            return any(text in wanted for text in found)
        if kind == CONTAINS:
            return any(part in text for part in wanted for text in found)
        return any(is_like(text, pattern) for pattern in wanted for text in found)
    if kind == FLAG:
        return value is condition.value if isinstance(value, bool) else True
    number: int | None = parse_rfc3339(value) if isinstance(value, str) else value if isinstance(value, int) else None
    if number is None:
        return True
    if number == condition.number:
        return not condition.filter.strict
    return number > condition.number if kind in (MINIMUM, AFTER) else number < condition.number


def _is_id(path: str) -> bool:
    return path.endswith(("id", "_ids"))


def is_like(text: str, pattern: str) -> bool:
    """Whether the text fits a pattern in which only `*` is special; in linear time, as no regular expression does it
    (reliability.md L6)."""
    first, *between = pattern.split("*")
    if not between:
        return text == first
    last = between.pop()
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for part in between:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
