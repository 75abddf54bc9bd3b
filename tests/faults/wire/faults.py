# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with one request on the wire. Each fault speaks instead of the world.

A fault that makes use of `exchange.reply` lets the world process the request first: then a change was made, and only
its answer is spoilt. The others leave the world as it was.
"""

from __future__ import annotations

import functools
import gzip
import zlib

from .server import Exchange, Fault
from .worlds import TASK_ID, http_json

BOMB_BYTES = 300 * 1024 * 1024
_DRIP = 0.1
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


# Whether a change was made.


def taken(fault: Fault) -> Fault:
    """The fault, after the world processed the request."""

    def spoilt(exchange: Exchange) -> None:
        assert exchange.reply
        fault(exchange)

    return spoilt


def lost(fault: Fault) -> Fault:
    """The fault, and the world never hears of the request: a task is named that does not exist."""

    def spoilt(exchange: Exchange) -> None:
        exchange.pretend(http_json({"task": {"id": TASK_ID, "state": "IN_PROGRESS"}}))
        fault(exchange)

    return spoilt


# The connection breaks.


def reset(exchange: Exchange) -> None:
    exchange.wire.reset()


def end(exchange: Exchange) -> None:
    exchange.wire.end()


def silence(exchange: Exchange) -> None:
    exchange.wire.hold()


def damaged_tls_record(exchange: Exchange) -> None:
    """An application data record whose content nobody's key fits."""
    exchange.wire.below_tls(b"\x17\x03\x03\x00\x40" + b"\xa5" * 64)
    exchange.wire.linger()


# The answer begins and does not end, or ends too early.


def reset_in_body(exchange: Exchange) -> None:
    reply = exchange.reply
    exchange.wire.send(reply[: len(reply) - len(exchange.reply_body) // 2])
    exchange.wire.reset()


def end_in_body(exchange: Exchange) -> None:
    reply = exchange.reply
    exchange.wire.send(reply[: len(reply) - len(exchange.reply_body) // 2])
    exchange.wire.end()


def end_in_body_without_length(exchange: Exchange) -> None:
    body = exchange.reply_body
    exchange.wire.send(_HEAD + b"Connection: close\r\n\r\n" + body[: len(body) // 2])
    exchange.wire.end()


def length_too_small(exchange: Exchange) -> None:
    """More bytes than Content-Length says: the body that counts is cut, and the rest stands in nobody's answer."""
    body = exchange.reply_body
    exchange.wire.send(_HEAD + b"Content-Length: %d\r\n\r\n" % (len(body) // 2) + body)


def two_lengths(exchange: Exchange) -> None:
    body = exchange.reply_body
    exchange.wire.send(_HEAD + b"Content-Length: %d\r\nContent-Length: %d\r\n\r\n" % (len(body), len(body) + 9) + body)
    exchange.wire.end()


def chunks_cut(exchange: Exchange) -> None:
    body = exchange.reply_body
    exchange.wire.send(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body[: len(body) // 2])
    exchange.wire.end()


def last_chunk_missing(exchange: Exchange) -> None:
    body = exchange.reply_body
    exchange.wire.send(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n")
    exchange.wire.end()


def chunk_garbage(exchange: Exchange) -> None:
    body = exchange.reply_body
    exchange.wire.send(_HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz-not-a-length\r\n" + body + b"\r\n0\r\n\r\n")
    exchange.wire.end()


def hang_after_head(exchange: Exchange) -> None:
    reply = exchange.reply
    exchange.wire.send(reply[: len(reply) - len(exchange.reply_body)])
    exchange.wire.hold()


def hang_in_body(exchange: Exchange) -> None:
    exchange.wire.send(exchange.reply[:-3])
    exchange.wire.hold()


def body_drips(exchange: Exchange) -> None:
    reply = exchange.reply
    body = exchange.reply_body
    exchange.wire.send(reply[: len(reply) - len(body)])
    exchange.wire.drip(body + b" " * 400, _DRIP)


def body_without_length_drips(exchange: Exchange) -> None:
    """With `Connection: close` the library forgets the connection while its body is still read."""
    body = exchange.reply_body
    exchange.wire.send(_HEAD + b"Connection: close\r\n\r\n")
    exchange.wire.drip(body + b" " * 400, _DRIP)


def head_drips(exchange: Exchange) -> None:
    exchange.wire.drip(exchange.reply + b" " * 400, _DRIP)


def continues_for_ever(exchange: Exchange) -> None:
    exchange.wire.send_for_ever(b"HTTP/1.1 100 Continue\r\n\r\n", 0.02)


def endless_body(exchange: Exchange) -> None:
    """Slow enough that the limit of the call ends it, not the cap."""
    exchange.wire.send(_HEAD + b"Connection: close\r\n\r\n[")
    exchange.wire.send_for_ever(b"1," * 512, 0.02)


def endless_fast_body(exchange: Exchange) -> None:
    """As fast as the client takes it."""
    exchange.wire.send(_HEAD + b"Connection: close\r\n\r\n[")
    exchange.wire.send_for_ever(b"1," * 32768, 0)


# What comes is not HTTP, or breaks its rules.


def not_http(exchange: Exchange) -> None:
    exchange.wire.send(b"SSH-2.0-OpenSSH_9.6\r\n")
    exchange.wire.end()


def long_header(exchange: Exchange) -> None:
    exchange.wire.send(_HEAD + b"X-Long: " + b"a" * 70_000 + b"\r\nContent-Length: 2\r\n\r\n{}")
    exchange.wire.end()


def many_headers(exchange: Exchange) -> None:
    headers = b"".join(b"X-%d: 1\r\n" % number for number in range(120))
    exchange.wire.send(_HEAD + headers + b"Content-Length: 2\r\n\r\n{}")
    exchange.wire.end()


def status(code: int) -> Fault:
    """The plain answer with another status."""

    def fault(exchange: Exchange) -> None:
        _line, _end, rest = exchange.reply.partition(b"\r\n")
        exchange.wire.send(b"HTTP/1.1 %03d Odd\r\n" % code + rest)

    return fault


def redirect(code: int, location: str) -> Fault:
    """Elsewhere, with the plain answer as its body: who takes the body for an answer is wrong as well."""

    def fault(exchange: Exchange) -> None:
        body = b'{"backup": {}, "task": {"id": "t-1", "state": "COMPLETED"}, "access_token": "from-a-redirect"}'
        head = f"HTTP/1.1 {code} Moved\r\nLocation: {location}\r\nContent-Length: {len(body)}\r\n\r\n"
        exchange.wire.send(head.encode("latin-1") + body)

    return fault


# Content encodings.


@functools.cache
def bomb() -> bytes:
    """300 MiB of blanks in about 300 kB."""
    coder = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = b" " * (1024 * 1024)
    return b"".join([*(coder.compress(block) for _each in range(BOMB_BYTES // len(block))), coder.flush()])


def encoded(coding: str, body: bytes, first_line: bytes = b"HTTP/1.1 200 OK") -> bytes:
    head = f"\r\nContent-Type: application/json\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
    return first_line + head.encode("ascii") + body


def gzip_bomb(exchange: Exchange) -> None:
    exchange.wire.send(encoded("gzip", bomb()))


def chained_encodings(exchange: Exchange) -> None:
    exchange.wire.send(encoded(", ".join(["gzip"] * 40), gzip.compress(exchange.reply_body)))


def wrong_encoding(exchange: Exchange) -> None:
    exchange.wire.send(encoded("gzip", exchange.reply_body))


def encoding_not_asked_for(exchange: Exchange) -> None:
    exchange.wire.send(encoded("br", exchange.reply_body))


def gzip_cut(exchange: Exchange) -> None:
    exchange.wire.send(encoded("gzip", gzip.compress(exchange.reply_body)[:-6]))


def gzip_goes_on(exchange: Exchange) -> None:
    """After the end of the compressed data comes more, without an end."""
    exchange.wire.send(_HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + gzip.compress(b"{}"))
    exchange.wire.send_for_ever(b"\0" * 65536, 0)
