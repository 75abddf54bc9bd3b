# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Text from elsewhere made fit for a message or a result, and secrets taken out of it."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "********"
_LONG_SECRET = 8
# Letters, marks and signs that leave no ink: fillers, joiners, variation selectors, the empty Braille cell.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_PERCENT = re.compile("%[0-9A-F]{2}")
_ANSIBLE_KEY = re.compile(r"^__?ansible")


def clean(value: object, limit: int = 300) -> str:
    """One printable line of at most `limit` characters: what moves the cursor, or cannot be seen, is escaped."""
    text = value if isinstance(value, str) else str(value)
    return _cut(re.sub(r"[\r\n\t]+", " ", text[: limit + 1]).strip(), limit, len(text) > limit)


def is_encodable(text: str) -> bool:
    """Whether the text can be sent as UTF-8: a lone surrogate cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def quoted(value: object, limit: int = 120) -> str:
    """A name from elsewhere in quotes, for use inside a sentence. Nothing is smoothed, so that no two names look alike
    only because one of them ends in a blank or holds a line break (reliability.md H5, H7)."""
    text = value if isinstance(value, str) else str(value)
    return "'" + _cut(text[: limit + 1], limit, len(text) > limit) + "'"


def listed(values: Iterable[object], most: int = 5) -> str:
    """`'a', 'b' and 3 more`, for sentences that name several things."""
    names = [quoted(value) for value in values]
    if len(names) > most:
        return ", ".join(names[:most]) + f" and {len(names) - most} more"
    return ", ".join(names)


def _cut(text: str, limit: int, is_cut: bool) -> str:
    shown = text
    if not (text.isascii() and text.isprintable()):
        composed = unicodedata.is_normalized("NFC", text)
        shown = "".join(_escaped(c) if _is_hidden(c) or not (composed or _is_whole(c)) else c for c in text)
    return shown[: limit - 1] + "…" if is_cut or len(shown) > limit else shown


def _is_hidden(character: str) -> bool:
    """Whether it is a control, bidi, zero width, surrogate or unassigned character, or a blank other than the usual."""
    return not character.isprintable() or _INVISIBLE.match(character) is not None


def _is_whole(character: str) -> bool:
    """Whether it is no part of another that looks the same, as the two dots over a letter are of an umlaut."""
    apart = unicodedata.combining(character) or "\u1160" <= character <= "\u11ff"
    return not apart and unicodedata.is_normalized("NFC", character)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def safe_data(value: Any) -> Any:
    """API data that Ansible can carry: lone surrogates become visible escapes, reserved keys lose their force.

    ansible-core drops a whole result that holds a lone surrogate or a `__ansible_type` key (reliability.md E11, E13),
    and takes keys that begin with `_ansible_` out of it.
    """
    if isinstance(value, str):
        return "".join(_escaped(c) if "\ud800" <= c <= "\udfff" else c for c in value)
    if isinstance(value, list):
        return [safe_data(item) for item in value]
    if isinstance(value, dict):
        return {_safe_key(safe_data(key)): safe_data(item) for key, item in value.items()}
    return value


def _safe_key(key: str) -> str:
    return "api" + key if _ANSIBLE_KEY.match(key) else key


def _forms(secret: str) -> Iterable[str]:
    """The secret as it stands, as it travels, and as it may come back (reliability.md K4, K13)."""
    raw = secret.encode("utf-8", "surrogatepass")
    in_json = json.dumps(secret)[1:-1]
    yield from (secret, secret.upper(), secret.lower(), repr(secret)[1:-1], in_json, in_json.replace("/", "\\/"))
    for encoded in (quote(raw, safe=""), quote_plus(raw)):
        yield from (encoded, _PERCENT.sub(lambda digits: digits[0].lower(), encoded))
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode("ascii").rstrip("=")
    if len(secret) >= _LONG_SECRET:
        yield from (secret[::-1], secret[:-1], secret[1:])
        # inside the Base64 of something longer, such as name:secret, it begins at one of three places
        for before, skipped in ((0, 0), (1, 2), (2, 3)):
            yield base64.b64encode(bytes(before) + raw).decode("ascii").rstrip("=")[skipped:-1]


class Redactor:
    """Takes every known secret, and the forms it is likely to be quoted in, out of a text."""

    def __init__(self) -> None:
        self._forms: list[str] = []  # the longest first

    def add(self, secret: str) -> None:
        """Register a secret the moment it exists; an empty one is ignored."""
        if not secret:
            return
        self._forms = sorted({*self._forms, *filter(None, _forms(secret))}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for form in self._forms:
            text = text.replace(form, MASK)
        return text
