# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the catalogue that can meet any request, and what each of them is called to the user."""

from __future__ import annotations

from dataclasses import dataclass

from . import faults
from .server import Fault


@dataclass(frozen=True)
class Row:
    """id: the catalogue's, and what happens. kind: the failure's when it does not pass.

    again: whether a read is tried again, since a moment later it may well go right.
    processed: whether the server carries the request out before it spoils the answer.
    whole: whether what came was in itself a proper answer, so that its connection may be used again.
    took: whether its head says yes before the rest goes wrong, so that a change is taken and not sent again.
    """

    id: str
    fault: Fault
    kind: str
    again: bool = True
    processed: bool = True
    whole: bool = False
    took: bool = False


ROWS = (
    Row("A7-silence", faults.silence, "timeout", processed=False),
    Row("A19-damaged-tls-record", faults.damaged_tls_record, "connect", processed=False),
    Row("B1-reset", faults.reset, "connect", processed=False),
    Row("B1-closed", faults.end, "connect", processed=False),
    Row("B3-reset-in-body", faults.reset_in_body, "connect", took=True),
    Row("B4-body-too-short", faults.end_in_body, "connect", took=True),
    # the bytes beyond the length are thrown away with the answer that they came with
    Row("B4-length-too-small", faults.length_too_small, "bad_response", whole=True),
    Row("B4-two-lengths", faults.two_lengths, "bad_response"),
    Row("B5-cut-without-length", faults.end_in_body_without_length, "bad_response"),
    Row("B7-chunks-cut", faults.chunks_cut, "connect", took=True),
    Row("B7-last-chunk-missing", faults.last_chunk_missing, "connect", took=True),
    Row("B7-chunk-garbage", faults.chunk_garbage, "connect", took=True),
    Row("B8-hang-after-head", faults.hang_after_head, "timeout", took=True),
    Row("B8-hang-in-body", faults.hang_in_body, "timeout", took=True),
    Row("B9-body-drips", faults.body_drips, "timeout", took=True),
    Row("B9-body-without-length-drips", faults.body_without_length_drips, "timeout", took=True),
    Row("B10-head-drips", faults.head_drips, "timeout"),
    Row("B11-endless-100-continue", faults.continues_for_ever, "timeout", processed=False),
    Row("B12-not-http", faults.not_http, "bad_response", processed=False),
    Row("B13-long-header", faults.long_header, "bad_response", processed=False),
    Row("B13-many-headers", faults.many_headers, "bad_response", processed=False),
    Row("B14-status-0", faults.status(0), "bad_response"),
    Row("B14-status-99", faults.status(99), "bad_response"),
    Row("B14-status-600", faults.status(600), "bad_response", again=False),
    Row("B14-status-999", faults.status(999), "bad_response", again=False),
    Row("B15-gzip-bomb", faults.gzip_bomb, "bad_response", processed=False, took=True),
    Row("B15-chain-of-encodings", faults.chained_encodings, "bad_response", took=True),
    Row("B16-endless-body", faults.endless_body, "timeout", processed=False, took=True),
    Row("B16-endless-after-gzip", faults.gzip_goes_on, "bad_response", processed=False, took=True),
    Row("B17-plain-called-gzip", faults.wrong_encoding, "bad_response", took=True),
    Row("B17-not-asked-for", faults.encoding_not_asked_for, "bad_response", took=True),
    Row("B17-gzip-cut", faults.gzip_cut, "bad_response", took=True),
    Row("C1-redirect", faults.redirect(301, "https://127.0.0.1:1/elsewhere"), "bad_response", False, False),
)
