# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""One HTTP call over TLS: ended at its limit whatever the server does, capped in size, never redirected."""

from __future__ import annotations

import os
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from .adapter import Adapter, Call, run_as
from .clock import Clock, Deadline
from .errors import Failure, bad_input
from .requests_import import requests
from .text import clean, quoted
from .transport_errors import NO_PROXY, BadBody, explain
from .version import VERSION
from .worker import Worker

# For each address of a name: time must be left for the next one when the first is dead (reliability.md A6).
CONNECT_SECONDS = 10.0
CONNECT_SHARE = 1 / 3
MAX_BODY_BYTES = 256 * 1024 * 1024
# What decodes to more than this is only read on while it is no more than so many times as long as what was received.
# Lists of backups come to 45 times, a list of the same object again and again to 190, a bomb to 1000.
BOMB_BYTES = 16 * 1024 * 1024
BOMB_RATIO = 250
_CHUNK_BYTES = 64 * 1024
_PIECE_BYTES = 1024 * 1024
# A server may close an idle connection at any moment, and a write that meets that moment is in doubt.
# Once a connection broke, no write of this run trusts one that was used before.
_FRESH_SECONDS = 2.0

Query = Sequence["tuple[str, str]"]


class Answer(NamedTuple):
    """What came back. body: decoded bytes, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Verify(NamedTuple):
    """How a server's certificate is checked: with a CA file, with the default CAs (None), or not at all."""

    enabled: bool
    ca_path: str | None

    def as_requests(self) -> bool | str:
        """The value for `verify`. The CA variables of the environment are only the default CA file.

        Raises a Failure of kind input when the one that counts names nothing.
        """
        if not self.enabled:
            return False
        if self.ca_path:
            return self.ca_path
        for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            default = os.environ.get(variable)
            if default:
                if not os.path.exists(default):
                    raise bad_input(
                        f"ca_path: is not set, and {variable} in the environment names {quoted(default)}, which does "
                        "not exist; set ca_path, or correct the variable"
                    )
                return default
        return True


def path_segment(value: str) -> str:
    """An id as one segment of a path, percent-encoded. Raises a Failure for the two that mean a folder."""
    if value in ("", ".", ".."):
        raise Failure("bad_response", f"{value!r} cannot be an id", sent=False)
    # a colon needs no escape (RFC 3986), and SimpliVity's task ids are full of them
    return quote(value, safe=":")


class Transport:
    """Calls to one base URL. A thread that uses it has connections of its own, so many threads may.

    count: called once for each request that is sent.
    """

    def __init__(self, base_url: str, verify: Verify, clock: Clock, count: Callable[[], None]) -> None:
        self.base_url = base_url
        self.host = urlsplit(base_url).netloc
        self._verify = verify
        self._verify_with = verify.as_requests()
        self._clock = clock
        self._count = count
        # also an international name as it is looked up
        self._url = _prepared_url(base_url)
        self._proxies = requests.utils.get_environ_proxies(base_url)
        self._proxied = requests.utils.select_proxy(base_url, self._proxies) is not None
        self._local = threading.local()
        self._broke = False  # whether a connection ever did

    def call(
        self,
        method: str,
        path: str,
        *,
        deadline: Deadline,
        query: Query = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send one request and read its answer, both within the deadline.

        Raises a Failure (connect, tls, timeout, bad_response) whose `sent` tells whether the server may have seen it.
        Statuses outside 200-599 and redirects are bad_response; other statuses are the caller's to judge.
        """
        self._count()
        url = self._url + path + ("?" + urlencode(query, quote_via=quote) if query else "")
        sent_headers = {"User-Agent": f"safehold.backup/{VERSION}", "Accept-Encoding": "gzip", **(headers or {})}
        call = Call()
        outcome: dict[str, Any] = {}
        done = threading.Event()
        adapter = self._adapter(fresh=method != "GET")

        def work() -> None:
            run_as(call)
            try:
                outcome["answer"] = self._exchange(call, adapter, method, url, sent_headers, body, deadline)
                if call.has_more():
                    adapter.close()
            except BaseException as error:  # pylint: disable=broad-except
                # its traceback would keep what was read of the body
                outcome["error"] = error.with_traceback(None)
            finally:
                done.set()

        # In another thread: a name look-up and a slow drip of headers obey no timeout (reliability.md A3, B10).
        self._worker().start(work)
        finished = done.wait(deadline.remaining())
        if finished and "answer" in outcome:
            self._local.used = self._clock.monotonic()
            return self._accepted(outcome["answer"], method, path)
        self._local.adapter = self._local.worker = None
        self._broke = True
        if not finished:
            call.end()
            raise self._failure("timeout", "gave no complete answer in time", method, path, call.sent, taken=call.taken)
        raise self._explain(outcome["error"], method, path, call)

    def _adapter(self, fresh: bool) -> Adapter:
        adapter: Adapter | None = getattr(self._local, "adapter", None)
        idle = self._clock.monotonic() - getattr(self._local, "used", 0.0)
        if adapter is None:
            adapter = self._local.adapter = Adapter(self._verify.enabled)
        elif fresh and (self._broke or idle > _FRESH_SECONDS):
            adapter.close()
        return adapter

    def _worker(self) -> Worker:
        worker: Worker | None = getattr(self._local, "worker", None)
        if worker is None:
            worker = self._local.worker = Worker()
        return worker

    def _exchange(
        self,
        call: Call,
        adapter: Adapter,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: Deadline,
    ) -> Answer:
        seconds = max(deadline.remaining(), 0.001)
        response = adapter.send(
            _prepared(method, url, headers, body),
            timeout=(min(seconds * CONNECT_SHARE, CONNECT_SECONDS), seconds),
            verify=self._verify_with,
            proxies=self._proxies,
            stream=True,
        )
        call.taken = 200 <= response.status_code < 300
        try:
            return Answer(response.status_code, dict(response.headers), _read_body(response))
        except BaseException:
            response.close()
            raise

    def _accepted(self, answer: Answer, method: str, path: str) -> Answer:
        if 300 <= answer.status < 400:
            raise self._failure(
                "bad_response",
                f"redirects to {_redirect_target(answer)}; redirects are not followed",
                method,
                path,
                True,
                http_status=answer.status,
            )
        if not 200 <= answer.status <= 599:
            raise self._failure(
                "bad_response",
                f"answered with status {answer.status}, which is not HTTP",
                method,
                path,
                True,
                http_status=answer.status,
            )
        return answer

    def _failure(self, kind: str, words: str, method: str, path: str, sent: bool, **facts: Any) -> Failure:
        message = f"{clean(self.host, 100)} {words} ({method} {clean(path, 120)})"
        return Failure(kind, message, method=method, path=path, sent=sent, **facts)

    def _explain(self, error: BaseException, method: str, path: str, call: Call) -> Failure:
        kind, words = explain(error, call.sent)
        if self._proxied and not call.sent and kind in ("connect", "bad_response"):
            # the server was not spoken to, so that was the proxy
            kind, words = NO_PROXY
        return self._failure(kind, words, method, path, call.sent, taken=call.taken)


def header(answer: Answer, name: str) -> str:
    """The header's value, or an empty text. name: in lower case."""
    for key, value in answer.headers.items():
        if key.lower() == name:
            return value
    return ""


def _redirect_target(answer: Answer) -> str:
    """Where a redirect leads to, by host and port alone: the rest may hold a secret."""
    try:
        place = urlsplit(header(answer, "location")).netloc.rpartition("@")[2]
    except ValueError:
        return "something that is not an address"
    if not place:
        return "an address on the same host"
    # whole or not at all: a part of a secret would not be recognised and taken out
    return clean(place, 253) if len(place) <= 253 else "another host"


def _prepared_url(base_url: str) -> str:
    try:
        url: str = requests.Request("GET", base_url).prepare().url
    except requests.exceptions.InvalidURL:
        host = quoted(urlsplit(base_url).hostname or "")
        raise bad_input(
            f"{host} is not a host name that can be looked up; correct it, or give the IP address"
        ) from None
    return url.rstrip("/")


def _prepared(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Any:
    """A request for the adapter. Preparing it as a session does would cost as much as sending it: an address that is
    quoted already is taken apart and quoted again, and cookies are looked for in a jar that is always empty."""
    request = requests.PreparedRequest()
    request.method, request.url, request.body = method, url, body
    request.headers = requests.structures.CaseInsensitiveDict(headers)
    if body is not None:
        request.headers["Content-Length"] = str(len(body))
    return request


def _read_body(response: Any) -> bytes:
    pieces = _decoder(str(response.headers.get("Content-Encoding", "")))
    received = size = 0
    parts = []
    for chunk in response.raw.stream(_CHUNK_BYTES, decode_content=False):
        received += len(chunk)
        for piece in pieces.of(chunk):
            size += len(piece)
            if size > MAX_BODY_BYTES:
                raise BadBody(f"is larger than {MAX_BODY_BYTES // 1024 // 1024} MiB")
            if size > BOMB_BYTES and size > BOMB_RATIO * received:
                raise BadBody(f"decodes to more than {BOMB_RATIO} times its size, which no list does")
            parts.append(piece)
    length = str(response.headers.get("Content-Length", ""))
    if length.isdecimal() and "Transfer-Encoding" not in response.headers and int(length) != received:
        # urllib3 before 2.0 does not notice that the connection ended
        raise ConnectionError("cut")
    if received and not pieces.complete:
        raise BadBody("ends too early")
    return b"".join(parts)


class _Plain:
    """A body as it is."""

    complete = True

    def of(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk decodes to, piece by piece."""
        yield chunk


class _Gzip:
    """A compressed body. No piece is long, so that a bomb is noticed before it has grown."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)

    @property
    def complete(self) -> bool:
        return self._decoder.eof

    def of(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk decodes to, piece by piece."""
        while chunk:
            if self._decoder.eof:
                # gzip may be several parts, one after the other (RFC 1952, 2.2)
                self._decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
            try:
                yield self._decoder.decompress(chunk, _PIECE_BYTES)
            except zlib.error:
                raise BadBody("is not what its Content-Encoding says") from None
            chunk = self._decoder.unconsumed_tail or self._decoder.unused_data


def _decoder(coding: str) -> _Plain | _Gzip:
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        return _Plain()
    if coding in ("gzip", "x-gzip"):
        return _Gzip()
    raise BadBody("uses a content encoding that was not asked for")
