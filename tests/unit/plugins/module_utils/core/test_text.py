# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text from elsewhere made fit for messages and results, and secrets taken out of it."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.text import (
    MASK,
    Redactor,
    clean,
    listed,
    quoted,
    safe_data,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("  two\r\nlines\tand a tab ", "two lines and a tab"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("bell\x07", "bell\\x07"),
        ("PLAY RECAP\n****", "PLAY RECAP ****"),
        ("right\u202eto left", "right\\u202eto left"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("lone \ud800", "lone \\ud800"),
        ("line\u2028separator", "line\\u2028separator"),
        ("no\u00a0break\u3000wide", "no\\xa0break\\u3000wide"),
        ("hangul\u3164filler\u115f", "hangul\\u3164filler\\u115f"),
        ("web\ufe0f01", "web\\ufe0f01"),
        ("Bu\u0308ro", "Bu\\u0308ro"),
        ("\u212bngstrom", "\\u212bngstrom"),
        ("\u1112\u1161\u11ab", "\u1112\\u1161\\u11ab"),
        ("Büro 한 हिन्दी", "Büro 한 हिन्दी"),
        ("Grüße 日本 😀", "Grüße 日本 😀"),
    ],
)
def test_h4_h5_e12_clean_shows_what_a_terminal_would_obey(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_e17_clean_cuts_long_texts_and_says_so() -> None:
    shown = clean("x" * 1_000_000, 50)
    assert shown.startswith("x" * 49)
    assert shown.endswith("…")


@given(st.text(alphabet=st.characters(), max_size=400), st.integers(min_value=1, max_value=300))
def test_clean_gives_one_printable_line_of_at_most_the_limit(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit
    assert "\n" not in shown and "\r" not in shown
    shown.encode("utf-8")


def test_clean_takes_values_that_are_no_text() -> None:
    assert clean(42) == "42"
    assert clean(None) == "None"


def test_quoted_puts_a_cleaned_name_in_quotes() -> None:
    assert quoted("a\x1bb") == "'a\\x1bb'"
    assert len(quoted("x" * 1000)) <= 122


@pytest.mark.parametrize(
    ("name", "twin"),
    [
        pytest.param("web01", " web01", id="H7-leading"),
        pytest.param("web01", "web01  ", id="H7-trailing"),
        pytest.param("a b", "a\nb", id="H4-line-break"),
        pytest.param("a\r\nb", "a\nb", id="H4-carriage-return"),
        pytest.param("a b", "a\tb", id="H7-tab"),
        pytest.param("a b", "a\u00a0b", id="H5-no-break-space"),
        pytest.param("B\u00fcro", "Bu\u0308ro", id="H5-nfd"),
    ],
)
def test_no_two_names_look_alike_in_quotes(name: str, twin: str) -> None:
    assert quoted(name) != quoted(twin)
    assert quoted(twin).isprintable()


def test_listed_names_the_first_and_counts_the_rest() -> None:
    assert listed([]) == ""
    assert listed(["a", "b"]) == "'a', 'b'"
    assert listed("abcdefg") == "'a', 'b', 'c', 'd', 'e' and 2 more"


def test_e11_safe_data_makes_lone_surrogates_visible() -> None:
    assert safe_data({"name": ["a\ud800b"]}) == {"name": ["a\\ud800b"]}


@pytest.mark.parametrize("key", ["__ansible_type", "__ansible_unsafe", "__ansible_vault", "_ansible_no_log"])
def test_e13_safe_data_takes_the_force_of_reserved_keys(key: str) -> None:
    assert safe_data([{key: {key: 1}}]) == [{"api" + key: {"api" + key: 1}}]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
        max_leaves=8,
    )
)
def test_safe_data_leaves_harmless_data_alone_and_makes_all_data_encodable(value: object) -> None:
    safe = safe_data(value)
    text = json.dumps(safe, ensure_ascii=False)
    text.encode("utf-8")
    if "\\ud" not in json.dumps(value) and "__ansible" not in text:
        assert safe == value


SECRET = 'p4ss/W0rd+wörd"\\x'


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        SECRET.upper(),
        SECRET.lower(),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
        repr(SECRET)[1:-1],
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_k4_redactor_takes_out_every_form_that_a_secret_is_quoted_in(form: str) -> None:
    redact = Redactor()
    redact.add(SECRET)
    shown = redact(f"before {form} after")
    assert form not in shown
    assert shown.startswith("before ") and shown.endswith(" after")
    assert MASK in shown


def test_redactor_takes_the_longer_of_two_secrets_first() -> None:
    redact = Redactor()
    redact.add("secret")
    redact.add("secret-and-more")
    assert redact("x secret-and-more y") == f"x {MASK} y"


def test_redactor_ignores_an_empty_secret() -> None:
    redact = Redactor()
    redact.add("")
    assert redact("text") == "text"


@given(st.text(min_size=6), st.text(max_size=20), st.text(max_size=20))
def test_redactor_leaves_no_secret_in_any_text(secret: str, before: str, after: str) -> None:
    redact = Redactor()
    redact.add(secret)
    if secret not in MASK * 3:
        assert secret not in redact(before + secret + after)
