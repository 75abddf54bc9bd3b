# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The adapter of `requests`, whose calls can be ended from outside, whatever they are blocked in.

It is used without a session, which would read .netrc and variables, keep cookies, and read the whole body of a redirect
that is not followed, without any limit.
"""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from typing import Any

from .requests_import import (
    HTTPAdapter,
    HTTPSConnection,
    HTTPSConnectionPool,
    create_urllib3_context,
    urllib3,
)


class CallEnded(Exception):
    """Raised inside a call that was ended before it sent anything."""


class Call:
    """One HTTP call under way. `sent` tells whether the server may have seen it, `taken` whether it began to say
    yes."""

    def __init__(self) -> None:
        self.sent = False
        self.taken = False
        self._ended = False
        self._connection: Any = None
        self._socket: Any = None

    def start_sending(self, connection: Any) -> None:
        """Called by the connection right before the first byte of the request goes out."""
        self._connection = connection
        # the library lets go of it when the server says that it will close, though the body is still to come
        sock = getattr(connection, "sock", None)
        # TLS within the TLS of a proxy is no socket, it has one
        self._socket = getattr(sock, "socket", sock)
        if self._ended:
            raise CallEnded()
        self.sent = True

    def end(self) -> None:
        """Stop the call: nothing is sent any more, and whatever waits for the server wakes up."""
        self._ended = True
        sock = self._socket or getattr(self._connection, "sock", None)
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def has_more(self) -> bool:
        """Whether more came than the answer. It waits inside TLS, where the library does not look for it, and would
        be taken for the answer to the next request (reliability.md B19)."""
        pending = getattr(self._socket, "pending", None)
        return pending is not None and bool(pending())


_current = threading.local()


def run_as(call: Call) -> None:
    """Make `call` the call of this thread."""
    _current.call = call


class _Connection(HTTPSConnection):  # type: ignore[misc]
    def putrequest(self, *args: Any, **kwargs: Any) -> Any:
        call = getattr(_current, "call", None)
        if call is not None:
            call.start_sending(self)
        return super().putrequest(*args, **kwargs)


class _Pool(HTTPSConnectionPool):  # type: ignore[misc]
    ConnectionCls = _Connection


class Adapter(HTTPAdapter):  # type: ignore[misc]
    """TLS 1.2 or newer, no retries, and connections that know their call."""

    def __init__(self, check_host: bool) -> None:
        if not check_host:
            # the module warns in its own words
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self._check_host = check_host
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=_tls_context(self._check_host), **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _Pool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=_tls_context(self._check_host), **kwargs)
        manager.pool_classes_by_scheme = {"http": manager.pool_classes_by_scheme["http"], "https": _Pool}
        return manager


def _tls_context(check_host: bool) -> ssl.SSLContext:
    context: ssl.SSLContext = create_urllib3_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not check_host:
        # the library cannot turn this off by itself in a context that it was given
        context.check_hostname = False
    return context
