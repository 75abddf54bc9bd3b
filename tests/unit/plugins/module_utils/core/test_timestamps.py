# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Points in time: read exactly, never without a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.timestamps import (
    NANOSECONDS,
    format_utc,
    parse_option,
    parse_rfc3339,
)
from hypothesis import given
from hypothesis import strategies as st

NOW = 1_773_435_826.5
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = st.integers(min_value=-23 * 60 - 59, max_value=23 * 60 + 59).map(lambda m: timezone(timedelta(minutes=m)))
MOMENTS = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=ZONES)


def nanoseconds(moment: datetime) -> int:
    since = moment - EPOCH
    return ((since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds) * 1000


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-13T21:03:46Z", "2026-03-13T21:03:46Z"),
        ("2026-03-13t21:03:46z", "2026-03-13T21:03:46Z"),
        ("2026-03-13 21:03:46Z", "2026-03-13T21:03:46Z"),
        ("2026-03-13T23:03:46+02:00", "2026-03-13T21:03:46Z"),
        ("2026-03-13T17:03:46-0400", "2026-03-13T21:03:46Z"),
        ("2026-03-13T21:03:46.290396913Z", "2026-03-13T21:03:46.290396913Z"),
        ("2026-03-13T21:03:46.5000Z", "2026-03-13T21:03:46.5Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.25Z"),
    ],
)
def test_e18_l4_reads_every_form_of_rfc_3339(text: str, utc: str) -> None:
    instant = parse_rfc3339(text)
    assert instant is not None
    assert format_utc(instant) == utc


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NA",
        "2026-03-13",
        "2026-03-13T21:03:46",
        "2026-03-13T21:03Z",
        "2026-02-30T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-03-13T24:00:00Z",
        "2026-03-13T21:03:61Z",
        "2026-03-13T21:03:46+24:00",
        "2026-03-13T21:03:46+01:60",
        "2026-03-13T21:03:46.1234567890Z",
        "2026-03-13T21:03:46Z\n",
        "٢٠٢٦-03-13T21:03:46Z",
        "1773435826",
    ],
)
def test_l4_reads_nothing_else(text: str) -> None:
    assert parse_rfc3339(text) is None


@given(MOMENTS)
def test_every_moment_with_a_zone_is_read_exactly(moment: datetime) -> None:
    assert parse_rfc3339(moment.isoformat()) == nanoseconds(moment)


@given(st.integers(min_value=-62135596800 * NANOSECONDS, max_value=253402300799 * NANOSECONDS))
def test_what_is_written_is_read_back(instant: int) -> None:
    assert parse_rfc3339(format_utc(instant)) == instant


@given(MOMENTS)
def test_no_moment_without_a_zone_is_read(moment: datetime) -> None:
    text = moment.replace(tzinfo=None).isoformat()
    assert parse_rfc3339(text) is None
    with pytest.raises(Failure, match="no time zone"):
        parse_option("created_after", text, NOW)


@given(st.text(alphabet="0123456789-:.TZ+tz smhdw", max_size=40) | st.text(max_size=40))
def test_no_text_crashes_and_every_one_that_is_taken_can_be_sent(text: str) -> None:
    refused: Failure | None = None
    instant = 0
    try:
        instant = parse_option("created_after", text, NOW)
    except Failure as failure:
        refused = failure
    if refused is None:
        assert parse_rfc3339(format_utc(instant)) == instant
    else:
        assert (refused.kind, refused.sent) == ("input", False)
        assert refused.message.startswith("created_after: ")


@pytest.mark.parametrize(
    ("age", "seconds"),
    [("0s", 0), ("90s", 90), ("90m", 5400), ("24h", 86400), ("7d", 604800), ("2w", 1209600), (" 7 d ", 604800)],
)
def test_an_age_counts_back_and_a_plus_counts_ahead(age: str, seconds: int) -> None:
    now = int(NOW * NANOSECONDS)
    assert parse_option("created_after", age, NOW) == now - seconds * NANOSECONDS
    assert parse_option("expires_before", "+" + age.strip(), NOW) == now + seconds * NANOSECONDS


@pytest.mark.parametrize("text", ["yesterday", "24", "h", "-24h", "1.5h", "1e3s", "999999999w", "+999999999w", "24H"])
def test_l4_a_refusal_names_the_option_and_the_ways_to_write_it(text: str) -> None:
    with pytest.raises(Failure) as refused:
        parse_option("created_before", text, NOW)
    assert refused.value.kind == "input"
    assert refused.value.message.startswith("created_before: ")
    assert "RFC 3339" in refused.value.message and "24h" in refused.value.message


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_e18_a_time_that_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(Failure):
        parse_option("created_before", text, NOW)


def test_the_fraction_is_left_out_when_it_is_not_wanted() -> None:
    assert format_utc(NANOSECONDS + 5, fraction=False) == "1970-01-01T00:00:01Z"
    assert format_utc(NANOSECONDS) == "1970-01-01T00:00:01Z"
