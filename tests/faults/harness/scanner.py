# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks for secrets in whatever came out, in each form that a secret was ever seen to leak in (reliability.md K4)."""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

SHORTEST_CUT = 8


@functools.cache
def forms(secret: str) -> frozenset[str]:
    """The secret as it stands, as it travels, and as it may be cut or changed on the way to a log."""
    data = secret.encode("utf-8", "surrogatepass")
    in_url = (quote(secret, safe=""), quote_plus(secret))
    found = {
        secret,
        secret.upper(),
        secret.lower(),
        secret[::-1],
        secret.strip(),
        *in_url,
        *(_with_small_digits(form) for form in in_url),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        *_base64(data),
    }
    if len(secret) > SHORTEST_CUT:
        found |= {secret[:-1], secret[1:]}
    return frozenset(form for form in found if len(form) >= min(len(secret), SHORTEST_CUT))


def _with_small_digits(in_url: str) -> str:
    """`%2f` for `%2F`, as some servers write it."""
    return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), in_url)


def _base64(data: bytes) -> Iterable[str]:
    """What the secret looks like inside any Base64 text: one form for each of the three places it may begin at."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + data).decode("ascii").rstrip("=")
        skipped = (0, 2, 3)[before]
        # the last character may hold bits of what follows
        yield text[skipped:-1]


def leaked(text: str, secrets: Iterable[str]) -> list[str]:
    """The secrets that stand in the text in any form; empty when none does."""
    return [secret for secret in secrets if any(form in text for form in forms(secret))]


def assert_nothing_leaked(text: str, secrets: Iterable[str]) -> None:
    """Fails when a secret stands in the text. The message shows what is around it."""
    for secret in secrets:
        for form in forms(secret):
            place = text.find(form)
            assert place < 0, f"a secret leaked: …{text[max(0, place - 120) : place + len(form) + 60]!r}…"
