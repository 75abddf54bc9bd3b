# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The little language of query values: ``gt(…)``, ``like(…)``, plain values, and what each field takes.

Grammar and error texts are those of acronis.md 2.3: the first bracket opens a function and the first closing
bracket ends it, so that a plain value cannot hold brackets.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ..clock import NANO, iso_from_nanos
from .errors import bad_request

Test = Callable[[Any], bool]

FUNCTIONS = ("lt", "le", "gt", "ge", "ne", "like", "hlike", "tlike")
RANGES: dict[str, Callable[[Any, Any], bool]] = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}
LIKES: dict[str, Callable[[str, str], bool]] = {
    "like": lambda text, part: part in text,
    "hlike": lambda text, part: text.startswith(part),
    "tlike": lambda text, part: text.endswith(part),
}
TIME_FORMATS = "UNIX-TIMESTAMP-NANO, UNIX-TIMESTAMP, RFC3339, RFC1123, RFC850, ANSI-C"
RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)",
)
LONGEST = 256


@dataclass(frozen=True)
class Call:
    """One value: a function with its argument, or a plain value (no function)."""

    function: str | None
    value: str


def parse(field: str, text: str) -> Call:
    """Reads one value."""
    opening = text.find("(")
    if opening < 0:
        return Call(None, text)
    closing = text.find(")")
    if closing < opening:
        raise bad_request(f"bad function '{text}', no closing bracket")
    function = text[:opening]
    if function not in FUNCTIONS:
        raise bad_request(f"unsupported function '{function}' on field '{field}'")
    return Call(function, text[opening + 1 : closing])


def integers(field: str, calls: Sequence[Call]) -> Test:
    """Ids: plain values are alternatives, ranges narrow them."""
    _only_ranges(field, calls)
    values = [(call.function, _integer(field, call.value)) for call in calls]
    return _plain_and_ranges(values)


def uuids(field: str, calls: Sequence[Call]) -> Test:
    """UUIDs, compared without regard to case."""
    _only_ranges(field, calls)
    for call in calls:
        try:
            UUID(call.value)
        except ValueError:
            raise bad_request(f"bad uuid format: invalid UUID length: {len(call.value)} on field '{field}'") from None
    test = _plain_and_ranges([(call.function, call.value.lower()) for call in calls])
    return lambda value: value is not None and test(str(value).lower())


def enumeration(words: Sequence[str]) -> Callable[[str, Sequence[Call]], Test]:
    """Words with an order."""

    def make(field: str, calls: Sequence[Call]) -> Test:
        _only_ranges(field, calls)
        for call in calls:
            if call.value not in words:
                raise bad_request(f"bad value '{call.value}' on field '{field}'")
        test = _plain_and_ranges([(call.function, words.index(call.value)) for call in calls])
        return lambda value: value in words and test(words.index(value))

    return make


def strings(field: str, calls: Sequence[Call]) -> Test:
    """Text: alternatives, exclusions and ranges."""
    if any(call.function in LIKES for call in calls):
        raise bad_request(f"like functions are unsupported on field '{field}'")
    return _text(field, calls)


def names(field: str, calls: Sequence[Call]) -> Test:
    """Text that can be searched with like as well."""
    return _text(field, calls)


def times(field: str, calls: Sequence[Call]) -> Test:
    """Moments in any of six formats."""
    _only_ranges(field, calls)
    test = _plain_and_ranges([(call.function, _nanos(field, call.value)) for call in calls])

    def fits(value: Any) -> bool:
        nanos = to_nanos(value)
        return nanos is not None and test(nanos)

    return fits


def booleans(field: str, calls: Sequence[Call]) -> Test:
    """true or false."""
    for call in calls:
        if call.function is not None or call.value.lower() not in ("true", "false"):
            raise bad_request(f"bad value '{call.value}' on field '{field}'")
    wanted = {call.value.lower() == "true" for call in calls}
    return lambda value: bool(value) in wanted


def members(field: str, calls: Sequence[Call]) -> Test:
    """A list of texts of which one must fit."""
    test = strings(field, calls)
    return lambda value: any(test(one) for one in value or ())


def to_nanos(value: Any) -> int | None:
    """Nanoseconds of a time in an object; None where there is none."""
    found = RFC3339.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    zone = "+00:00" if found[3] in "Zz" else found[3]
    seconds = int(datetime.fromisoformat(found[1].upper() + zone).timestamp())
    return seconds * NANO + int((found[2] or "0").ljust(9, "0"))


def _only_ranges(field: str, calls: Sequence[Call]) -> None:
    for call in calls:
        if call.function in LIKES:
            raise bad_request(f"like functions are unsupported on field '{field}'")
        if call.function is not None and call.function not in RANGES:
            raise bad_request(f"unsupported function '{call.function}' on field '{field}'")


def _plain_and_ranges(values: Sequence[tuple[str | None, Any]]) -> Test:
    plain = {value for function, value in values if function is None}
    ranges = [(RANGES[function], bound) for function, bound in values if function is not None]

    def fits(value: Any) -> bool:
        if value is None or (plain and value not in plain):
            return False
        return all(compare(value, bound) for compare, bound in ranges)

    return fits


def _check_lengths(field: str, calls: Sequence[Call]) -> None:
    for call in calls:
        if not call.value:
            raise bad_request(f"field '{field}' value is empty")
        if len(call.value) > LONGEST:
            raise bad_request(f"value is too long on field '{field}'")


def _text(field: str, calls: Sequence[Call]) -> Test:
    _check_lengths(field, calls)
    plain = {call.value for call in calls if call.function is None}
    excluded = {call.value for call in calls if call.function == "ne"}
    if plain & excluded:
        raise bad_request(
            f"positive condition on value cannot be set alongside with ne function on it on field '{field}'"
        )
    likes = [(LIKES[call.function], call.value) for call in calls if call.function in LIKES]
    ranges = [(RANGES[call.function], call.value) for call in calls if call.function in RANGES]

    def fits(value: Any) -> bool:
        if value is None:
            return False
        text = str(value)
        if text not in plain if plain else text in excluded:
            return False
        if likes and not any(compare(text, part) for compare, part in likes):
            return False
        return all(compare(text, bound) for compare, bound in ranges)

    return fits


def _integer(field: str, text: str) -> int:
    if not re.fullmatch(r"[+-]?\d+", text):
        raise bad_request(f"strconv.ParseInt: parsing \"{text}\": invalid syntax on field '{field}'")
    if abs(int(text)) >= 2**63:
        raise bad_request(f"strconv.ParseInt: parsing \"{text}\": value out of range on field '{field}'")
    return int(text)


def _nanos(field: str, text: str) -> int:
    """Reads a time of the query: bare integers are seconds, with ``ns`` nanoseconds."""
    if re.fullmatch(r"\d{1,19}ns", text):
        return int(text[:-2])
    if re.fullmatch(r"\d{1,11}", text):
        return int(text) * NANO
    try:
        nanos = to_nanos(text)
        if nanos is not None:
            return nanos
        return _old_format(text) * NANO
    except (ValueError, OverflowError):
        raise bad_request(f"incorrect time format, must be one of ({TIME_FORMATS}) on field '{field}'") from None


def _old_format(text: str) -> int:
    """RFC1123 (``Wed, 22 Apr 2020 …``), RFC850 (``Wednesday, 22-Apr-20 …``), ANSI-C (``Wed Apr 22 …``)."""
    parsed = email.utils.parsedate_tz(text)
    if parsed is None or not re.match(r"[A-Z][a-z]{2,8},? ", text):
        raise ValueError(text)
    moment = datetime(*parsed[:6], tzinfo=UTC)
    return int(moment.timestamp()) - (parsed[9] or 0)


def normal_time(value: Any) -> Any:
    """A time with nine digits, as tasks keep it; anything else stays as it is."""
    nanos = to_nanos(value)
    return value if nanos is None else iso_from_nanos(nanos)
