# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What the clients of both back ends share: a token, one renewal when it expires, repeats of reads, counting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from . import retry
from .clock import Clock, Deadline
from .errors import Failure
from .journal import Journal
from .progress import Tell
from .retry import Retrier
from .strict_json import NotJson, parse
from .text import Redactor
from .throttle import Throttle
from .transport import Answer, Query, Transport, header

_CLOSE_SECONDS = 5.0


class Runtime:
    """What the engine needs of its surroundings. mask: registers a secret. warn: one sentence to the user.

    state_directory: where submissions under way are remembered between runs; None when they are not. progress: is told
    how far a wait is, see Progress; None when nobody watches.
    """

    def __init__(
        self,
        clock: Clock,
        mask: Callable[[str], None],
        warn: Callable[[str], None],
        state_directory: str | None = None,
        progress: Tell | None = None,
    ) -> None:
        self.clock = clock
        self.journal = Journal(clock, state_directory)
        self.redact = Redactor()
        self.warn = warn
        self.progress = progress
        self.requests = 0
        self._mask = mask
        self._lock = threading.Lock()

    def count_request(self) -> None:
        """One more request was sent."""
        with self._lock:
            self.requests += 1

    def mask(self, secret: str) -> None:
        """Hide a secret in everything that is printed from now on."""
        self.redact.add(secret)
        self._mask(secret)


AT_ONCE = 4  # requests of one run, unless the user says otherwise


class Client:
    """Calls with a bearer token. A back end says how to log in, how to log out and what an error body means."""

    name = ""
    login_path = ""

    def __init__(
        self, transport: Transport, runtime: Runtime, request_timeout: float, access_token: str | None = None
    ) -> None:
        self.transport = transport
        self.runtime = runtime
        self.clock = runtime.clock
        self.throttle = Throttle(AT_ONCE)
        self._request_timeout = request_timeout
        self._token = access_token
        self._own_tokens: list[str] = []
        self._texts: dict[str, str] = {}
        self._refused: Failure | None = None
        self._retrier = Retrier(runtime.clock)
        self._login_lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exc: object) -> None:
        # a thread that is still at work when the module was told to stop must not begin anything now
        self._closed = True
        self.close()

    def close(self) -> None:
        """End the tokens of this client's own logins, so that no session stays open. Raises nothing."""
        self._texts = {}
        # what still waits for the server, as the module was told to stop, holds no place that a log-out would wait for
        self.throttle = Throttle(AT_ONCE)
        tokens, self._own_tokens = self._own_tokens, []
        for token in tokens:
            # an expired token has no session left, and a lost answer changes nothing for the user's task
            with suppress(Failure):
                self.end(token, Deadline(self.clock, _CLOSE_SECONDS))

    # what a back end provides

    def can_login(self) -> bool:
        """Whether there are credentials for a login."""
        raise NotImplementedError

    def login(self, deadline: Deadline) -> Any:
        """Log in once and return the answer, which holds an access_token."""
        raise NotImplementedError

    def end(self, token: str, deadline: Deadline) -> bool:
        """End a token; False when the API cannot, or the token was no longer valid."""
        raise NotImplementedError

    def failure(self, answer: Answer, method: str, path: str) -> Failure:
        """What a status of 400 or more means."""
        raise NotImplementedError

    # calls

    def get(self, path: str, query: Query = (), deadline: Deadline | None = None) -> Any:
        """The JSON of a read, which is repeated while it fails for passing reasons."""
        limit = self._limit(deadline)
        return self._retrier(lambda: self.json(*self._authorized("GET", path, limit, query=query)), limit)

    def post(self, path: str, body: bytes, headers: Mapping[str, str], deadline: Deadline | None = None) -> Answer:
        """The answer to a write, which is sent once. The token is renewed when the server refused it unread."""
        return self._authorized("POST", path, self._limit(deadline), body=body, headers=headers)[0]

    def token(self, deadline: Deadline | None = None) -> str:
        """The token in use, after a login when there is none yet."""
        with self._login_lock:
            if self._token is None:
                self._token = self._new_token(self._limit(deadline))
            return self._token

    def send(self, method: str, path: str, deadline: Deadline, **parts: Any) -> Answer:
        """One request through the throttle, its errors turned into a Failure."""
        with self.throttle as limit:
            if deadline.expired:
                raise Failure(
                    "timeout",
                    f"{self.name}: the time was up before the request was sent ({method} {path}); raise "
                    "request_timeout, or wait_timeout where it waits",
                    method=method,
                    path=path,
                    sent=False,
                )
            answer = self.transport.call(method, path, deadline=deadline, **parts)
        if answer.status < 300:
            return answer
        # before anything is cut, or the half of a secret would be left
        body = self.runtime.redact(answer.body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        headers = {name: self.runtime.redact(value) for name, value in answer.headers.items()}
        answer = answer._replace(body=body, headers=headers)
        failure = self.failure(answer, method, path)
        failure.http_status = answer.status
        failure.method, failure.path = method, path
        failure.message = self.runtime.redact(failure.message)
        failure.detail = self.runtime.redact(failure.detail) if failure.detail else None
        failure.retry_after = retry.retry_after(header(answer, "retry-after"), self.clock.wall())
        if answer.status in (429, 502):
            self.throttle.slow_down(limit)
        raise failure

    def json(self, answer: Answer, method: str, path: str) -> Any:
        """The JSON of an answer. Raises a Failure of kind bad_response that never quotes the body."""
        try:
            return parse(answer.body, self._texts)
        except NotJson as problem:
            raise self.bad_response(f"an answer that cannot be used: {problem}", method, path, answer.status) from None

    def bad_response(self, what: str, method: str, path: str, status: int | None = None) -> Failure:
        return Failure(
            "bad_response", f"{self.name} sent {what} ({method} {path})", http_status=status, method=method, path=path
        )

    def _limit(self, deadline: Deadline | None) -> Deadline:
        return deadline.within(self._request_timeout) if deadline else Deadline(self.clock, self._request_timeout)

    def _authorized(
        self, method: str, path: str, deadline: Deadline, headers: Mapping[str, str] | None = None, **parts: Any
    ) -> tuple[Answer, str, str]:
        if self._closed:
            raise Failure("connect", f"{self.name}: the session was closed before the request was sent", sent=False)
        token = self._login_first(self.token, deadline)
        try:
            answer = self.send(method, path, deadline, headers=self._headers(token, headers), **parts)
        except Failure as failure:
            if failure.http_status != 401 or not self.can_login():
                raise
            token = self._login_first(lambda limit: self._renew(token, limit), deadline)
            answer = self.send(method, path, deadline, headers=self._headers(token, headers), **parts)
        return answer, method, path

    def _login_first(self, login: Callable[[Deadline], str], deadline: Deadline) -> str:
        try:
            return login(deadline)
        except Failure as failure:
            # the login may have been sent, the request that it is for was not
            failure.sent = False
            raise

    def _headers(self, token: str, headers: Mapping[str, str] | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}", "Accept": "application/json", **(headers or {})}

    def _renew(self, refused: str, deadline: Deadline) -> str:
        """A token other than the refused one; of many threads with the same refused token only one logs in."""
        with self._login_lock:
            if self._token == refused or self._token is None:
                self._token = self._new_token(deadline)
            return self._token

    def _new_token(self, deadline: Deadline) -> str:
        if self._refused is not None:
            # another try may lock the account (reliability.md D1, D8)
            raise _again(self._refused)
        if not self.can_login():
            raise Failure("auth", f"{self.name}: no access_token and no credentials are set", sent=False)
        return self.own_token(self._answer_of_login(deadline))

    def own_token(self, answer: Any) -> str:
        """The token of a login answer, for this client alone: it is masked, and ended by `close`."""
        token = self.checked_token(answer)
        self.runtime.mask(token)
        self._own_tokens.append(token)
        return token

    def issued(self, deadline: Deadline) -> dict[str, Any]:
        """The answer of a login whose token is handed out, not kept. It is not masked: it is what was asked for."""
        return self._answer_of_login(deadline)

    def _answer_of_login(self, deadline: Deadline) -> dict[str, Any]:
        """The answer of a login, whose access_token can be used."""

        def attempt() -> dict[str, Any]:
            try:
                answer = self.login(deadline)
                self.checked_token(answer)
                return dict(answer)
            except Failure as failure:
                if failure.kind == "auth":
                    self._refused = _again(failure)
                # what came back was no token, but the session that it stood for may be open: one is enough
                failure.retried = failure.retried or failure.kind == "bad_response"
                raise

        return self._retrier(attempt, deadline)

    def checked_token(self, answer: Any) -> str:
        """The token of a login answer, checked. Its value is never quoted (reliability.md D5)."""
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not 0 < len(token) <= 65536:
            raise self.bad_response("a login answer without a usable access_token", "POST", self.login_path)
        self.runtime.redact.add(token)
        if not all("\x21" <= character <= "\x7e" for character in token):
            raise self.bad_response("an access_token that no header can carry", "POST", self.login_path)
        return token


def positive(value: object) -> int | None:
    """A number of seconds in an answer; None when it is not a whole number above zero."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _again(refusal: Failure) -> Failure:
    """The refusal of a login, for a request that was not sent because of it."""
    return Failure(
        refusal.kind,
        refusal.message,
        http_status=refusal.http_status,
        code=refusal.code,
        detail=refusal.detail,
        method=refusal.method,
        path=refusal.path,
        sent=False,
    )
