# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON read strictly."""

from __future__ import annotations

import contextlib
import json

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.strict_json import NotJson, parse
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"name": "a"}', {"name": "a"}),
        (b'\xef\xbb\xbf{"name": "a"}', {"name": "a"}),
        (b"[]", []),
        (b"null", None),
        (b'{"id": 944455285181775873}', {"id": 944455285181775873}),
        ('"Grüße 😀"'.encode(), "Grüße 😀"),
        (b'"\\ud83d\\ude00"', "😀"),
    ],
)
def test_e15_h6_reads_what_is_well_formed_exactly(body: bytes, value: object) -> None:
    assert parse(body) == value


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(b"", "empty", id="E1-empty"),
        pytest.param(b"  \n", "empty", id="E1-blank"),
        pytest.param(b"<html>", "not JSON", id="E2-html"),
        pytest.param(b'"\xff"', "UTF-8", id="E6-invalid"),
        pytest.param('"ü"'.encode("latin-1"), "UTF-8", id="E6-latin-1"),
        pytest.param('{"a": 1}'.encode("utf-16"), "UTF-8", id="E6-utf-16"),
        pytest.param(b'"\xed\xa0\x80"', "UTF-8", id="E11-raw-surrogate"),
        pytest.param(b'{"size": NaN}', "NaN", id="E7-nan"),
        pytest.param(b"[Infinity]", "Infinity", id="E7-infinity"),
        pytest.param(b"[-Infinity]", "Infinity", id="E7-minus-infinity"),
        pytest.param(b"[1e999]", "out of range", id="E7-1e999"),
        pytest.param(b'{"id": "a", "id": "b"}', "twice", id="E8-duplicate"),
        pytest.param(b'[{"x": {"id": "a", "id": "a"}}]', "twice", id="E8-nested-duplicate"),
        pytest.param(b"[" + b"9" * 5000 + b"]", "not JSON", id="E9-huge-integer"),
        pytest.param(b"[" * 200_000, "", id="E9-nesting"),
        pytest.param(b"{}{}", "not JSON", id="E10-two-documents"),
        pytest.param(b"{} garbage", "not JSON", id="E10-trailing"),
        pytest.param(b'{"backups": [', "not JSON", id="B5-cut"),
        pytest.param(b'"a\nb"', "not JSON", id="control-character"),
    ],
)
def test_refuses_what_is_not_one_well_formed_document(body: bytes, why: str) -> None:
    with pytest.raises(NotJson) as refused:
        parse(body)
    assert why in str(refused.value)


def test_g10_a_text_that_comes_often_is_kept_once() -> None:
    first, second = parse(b'[{"cluster": "the same name"}, {"cluster": "the same name", "other": ["x", 5]}]')
    assert first["cluster"] is second["cluster"]
    assert second == {"cluster": "the same name", "other": ["x", 5]}


def test_e11_a_lone_surrogate_becomes_visible() -> None:
    assert parse(b'{"name": "x\\ud800"}') == {"name": "x\\ud800"}


@pytest.mark.parametrize(
    "key",
    [
        "__ansible_type",
        "\\u005f_ansible_type",
        "__\\u0061nsible_type",
        "_\\u005Fansible_unsafe",
        "_\\u0061nsible_no_log",
    ],
)
def test_e13_a_reserved_key_loses_its_force_however_it_is_written(key: str) -> None:
    (found,) = parse(b'{"%s": 1}' % key.encode())
    assert found.startswith("api_") and "_ansible_" in found


def test_refusals_never_quote_the_body() -> None:
    for body in (b"p4ssword", b'{"p4ssword": 1, "p4ssword": 2}', b"\xffp4ssword", b'["p4ssword'):
        with pytest.raises(NotJson) as refused:
            parse(body)
        assert "p4ssword" not in str(refused.value)
        assert refused.value.__cause__ is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
        max_leaves=8,
    )
)
def test_reads_back_whatever_json_can_carry(value: object) -> None:
    body = json.dumps(value).encode("ascii")
    if b"\\ud" not in body and b"__ansible" not in body:
        assert parse(body) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(NotJson):
        json.dumps(parse(body), allow_nan=False, ensure_ascii=False).encode("utf-8")
