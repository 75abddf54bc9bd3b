# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An ordered list of the HTTP calls that a test expects, put in the place of the network.

The calls are made by the real `requests` with the engine's own sessions and threads; only `HTTPAdapter.send` is
replaced. A call that is unexpected, out of order or missing fails the test, whatever the engine makes of it.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Mapping, Sequence
from email.message import Message
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.safehold.backup.plugins.module_utils._core.adapter import _current
from urllib3 import HTTPResponse

SVT_HOST = "svt.example.com:443"
ACRONIS_HOST = "eu2-cloud.example.com"

Pairs = Sequence["tuple[str, str]"]


class BrokenBody(io.BytesIO):
    """A body that gives its bytes and then fails as a cut connection does."""

    def __init__(self, begin: bytes, error: BaseException) -> None:
        super().__init__(begin)
        self._error = error

    def read(self, *args: Any) -> bytes:
        data = super().read(*args)
        if not data:
            raise self._error
        return data


class Seen(NamedTuple):
    """A request as it was sent. query, form: decoded pairs in their order."""

    method: str
    host: str
    path: str
    query: Pairs
    headers: Mapping[str, str]
    body: bytes
    verify: Any
    timeout: Any

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("ascii"), keep_blank_values=True, strict_parsing=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def line(self) -> str:
        return f"{self.method} {self.path} {list(self.query)}"


class Expected:
    """One call: what must be asked, and what is answered. None stands for whatever comes.

    repeats: the same call may come again and again, but must come once.
    """

    def __init__(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | Pairs | None = (),
        form: Mapping[str, str] | None = None,
        json_body: Any = None,
        headers: Mapping[str, str] | None = None,
        status: int = 200,
        reply: Any = None,
        reply_headers: Mapping[str, str] | None = None,
        raises: BaseException | None = None,
        sent: bool = True,
        repeats: bool = False,
    ) -> None:
        self.method = method
        self.path = path
        self.query = None if query is None else sorted(query.items() if isinstance(query, Mapping) else query)
        self.form = form
        self.json_body = json_body
        self.headers = headers or {}
        self.status = status
        self.reply = reply
        self.reply_headers = dict(reply_headers or {})
        self.raises = raises
        self.sent = sent
        self.repeats = repeats
        self.came = False

    def difference(self, seen: Seen) -> str | None:
        """Why the request is not the expected one, None when it is."""
        if (seen.method, seen.path) != (self.method, self.path):
            return f"expected {self.method} {self.path}, got {seen.line}"
        if self.query is not None and sorted(seen.query) != self.query:
            return f"{self.method} {self.path}: expected the query {self.query}, got {sorted(seen.query)}"
        if self.form is not None and seen.form != dict(self.form):
            return f"{self.method} {self.path}: expected another form than {sorted(seen.form)}"
        if self.json_body is not None and seen.json != self.json_body:
            return f"{self.method} {self.path}: expected the body {self.json_body}, got {seen.json}"
        for name, value in self.headers.items():
            if seen.headers.get(name) != value:
                return f"{self.method} {self.path}: expected {name}: {value}, got {seen.headers.get(name)}"
        return None

    def answer(self) -> HTTPResponse:
        """The answer as urllib3 hands it to requests."""
        headers = {"Content-Type": "application/json", **self.reply_headers}
        if isinstance(self.reply, io.IOBase):
            body: Any = self.reply
        else:
            data = _as_bytes(self.reply)
            headers.setdefault("Content-Length", str(len(data)))
            body = io.BytesIO(data)
        response = HTTPResponse(
            body=body,
            headers={name: value for name, value in headers.items() if value is not None},
            status=self.status,
            preload_content=False,
            decode_content=False,
            enforce_content_length=False,
        )
        if "Set-Cookie" in headers:
            # requests looks for cookies in the answer of http.client
            message = Message()
            message["Set-Cookie"] = headers["Set-Cookie"]
            response._original_response = SimpleNamespace(msg=message, close=lambda: None, isclosed=lambda: True)
        return response


def _as_bytes(reply: Any) -> bytes:
    if reply is None:
        return b""
    if isinstance(reply, bytes):
        return reply
    if isinstance(reply, str):
        return reply.encode("utf-8")
    return json.dumps(reply).encode("ascii")


class Script:
    """The calls that are expected, in their order, and those that came."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.in_order = True
        self._expected: list[Expected] = []
        self._problems: list[str] = []
        self._lock = threading.Lock()

    def expect(self, method: str, path: str, **parts: Any) -> None:
        """One more call at the end of the list; the parts are those of Expected."""
        self._expected.append(Expected(method, path, **parts))

    def send(self, adapter: Any, request: Any, **options: Any) -> Any:
        """What stands in for HTTPAdapter.send, in whatever thread the engine calls it."""
        parts = urlsplit(request.url)
        body = request.body or b""
        seen = Seen(
            method=request.method,
            host=parts.netloc,
            path=parts.path,
            query=parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True) if parts.query else [],
            headers=request.headers,
            body=body.encode("utf-8") if isinstance(body, str) else body,
            verify=options.get("verify"),
            timeout=options.get("timeout"),
        )
        with self._lock:
            self.seen.append(seen)
            expected = self._take(parts.scheme, seen)
        call = getattr(_current, "call", None)
        if call is not None and expected.sent:
            call.start_sending(None)
        if expected.raises is not None:
            raise expected.raises
        return adapter.build_response(request, expected.answer())

    def _take(self, scheme: str, seen: Seen) -> Expected:
        if scheme != "https" or seen.host not in (SVT_HOST, ACRONIS_HOST):
            raise self._wrong(f"a call to {scheme}://{seen.host}")
        if not self._expected:
            raise self._wrong(f"a call too many: {seen.line}")
        if self.in_order:
            first = self._expected[0]
            if first.came and first.difference(seen) and len(self._expected) > 1:
                first = self._expected[1]
                del self._expected[0]
            difference = first.difference(seen)
            if difference:
                raise self._wrong(difference)
            first.came = first.repeats
            return first if first.repeats else self._expected.pop(0)
        for number, expected in enumerate(self._expected):
            if expected.difference(seen) is None:
                return self._expected.pop(number)
        raise self._wrong(f"none of the expected calls: {seen.line}")

    def _wrong(self, problem: str) -> AssertionError:
        self._problems.append(problem)
        return AssertionError(problem)

    def verify(self) -> None:
        """Fail for everything that was not as expected."""
        missing = [f"{expected.method} {expected.path}" for expected in self._expected if not expected.came]
        problems = "; ".join(self._problems) or (f"calls that did not come: {missing}" if missing else "")
        self._expected, self._problems = [], []
        assert not problems, problems

    def lines(self) -> list[str]:
        """`METHOD /path` of every request that came."""
        return [f"{seen.method} {seen.path}" for seen in self.seen]
