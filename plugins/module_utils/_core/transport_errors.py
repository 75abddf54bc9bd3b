# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""Why a call failed, in words of our own: a library's text may quote headers and bodies (reliability.md K3)."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

from .adapter import CallEnded
from .requests_import import CertificateError, requests, urllib3
from .text import clean

_MOST_LINKS = 20
NO_PROXY = ("connect", "cannot be reached through the proxy of the environment; check https_proxy and no_proxy")


class BadBody(Exception):
    """The body breaks HTTP's rules; the text is fixed words."""


def explain(error: BaseException, sent: bool) -> tuple[str, str]:
    """(kind, words) for an error of the library. sent: whether the request had begun to go out."""
    chain = list(_links(error))
    for types, words in _explanations():
        found = next((item for item in chain if isinstance(item, types)), None)
        if found is not None:
            return words(found, sent)
    return "bad_response", f"sent something that is not HTTP ({type(error).__name__})"


def _explanations() -> list[tuple[Any, Callable[[Any, bool], tuple[str, str]]]]:
    """The first entry that fits an error or one of its causes explains it, so the most telling ones come first."""
    broken = (ConnectionError, urllib3.exceptions.ProtocolError, requests.exceptions.ConnectionError, OSError)
    slow = (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, socket.timeout)
    return [
        (CallEnded, lambda _error, _sent: ("timeout", "was not reached in time")),
        (BadBody, lambda error, _sent: ("bad_response", f"sent a body that {error}")),
        (requests.exceptions.ProxyError, _proxy),
        (_unusable_proxies(), _unusable_proxy),
        (ssl.SSLCertVerificationError, _certificate),
        (CertificateError, _other_name),
        (ssl.SSLError, _tls),
        (requests.exceptions.SSLError, _tls),
        (socket.gaierror, lambda _error, _sent: ("connect", "cannot be resolved; check the name")),
        (requests.exceptions.ConnectTimeout, lambda _error, _sent: ("timeout", "did not answer while connecting")),
        (ConnectionRefusedError, lambda _error, _sent: ("connect", "refused the connection; check host and port")),
        (urllib3.exceptions.NewConnectionError, _broken),
        (slow, lambda _error, _sent: ("timeout", "gave no complete answer in time")),
        ((http.client.RemoteDisconnected, http.client.IncompleteRead), _broken),
        (
            (http.client.HTTPException, requests.exceptions.InvalidHeader),
            lambda _error, _sent: ("bad_response", "sent something that is not HTTP"),
        ),
        (broken, _broken),
    ]


def _proxy(_error: Any, _sent: bool) -> tuple[str, str]:
    return NO_PROXY


def _unusable_proxies() -> tuple[Any, ...]:
    """What the library says to a proxy variable that it cannot use; the server's own address was checked before."""
    return (
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidSchema,
        requests.exceptions.MissingSchema,
        urllib3.exceptions.ProxySchemeUnknown,
        urllib3.exceptions.LocationValueError,
    )


def _unusable_proxy(_error: Any, _sent: bool) -> tuple[str, str]:
    return "connect", "cannot be reached: the proxy of the environment is none that can be used; check https_proxy"


def _certificate(error: ssl.SSLCertVerificationError, _sent: bool) -> tuple[str, str]:
    verdict = clean(error.verify_message, 120)
    if "mismatch" in verdict:
        return _other_name(error, _sent)
    if "expired" in verdict or "not yet valid" in verdict:
        # the library keeps the certificate's own dates to itself
        today = datetime.now(timezone.utc).strftime("%Y-%m-%d")
        return "tls", (
            f"has a certificate that is out of date ({verdict}; the clock of this machine says {today}); "
            "renew the certificate, or set the clock"
        )
    return "tls", f"has a certificate that is not trusted ({verdict}); set ca_path to the CA's PEM file"


def _other_name(_error: Any, _sent: bool) -> tuple[str, str]:
    return "tls", "has a certificate for another name; address it by a name or an IP address that the certificate holds"


def _tls(error: Any, sent: bool) -> tuple[str, str]:
    if sent:
        return "connect", "broke the TLS connection off"
    reason = str(getattr(error, "reason", "") or "")
    if "UNSUPPORTED_PROTOCOL" in reason or "PROTOCOL_VERSION" in reason:
        return "tls", "offers only a TLS version older than 1.2"
    if "WRONG_VERSION" in reason or "HTTP_REQUEST" in reason or "RECORD_LAYER" in reason:
        return "tls", "does not speak TLS on this port; check the port"
    named = clean(reason.replace("_", " ").lower(), 80) if isinstance(error, ssl.SSLError) else ""
    return "tls", f"failed the TLS handshake ({named or 'no reason given'})"


def _broken(_error: Any, sent: bool) -> tuple[str, str]:
    if sent:
        return "connect", "broke the connection off before its answer was complete"
    return "connect", "cannot be reached; check host, port and network"


def _links(error: BaseException) -> Iterator[BaseException]:
    """The error, its causes and the library errors wrapped in its arguments, each once."""
    seen: list[BaseException] = []
    todo: list[Any] = [error]
    while todo and len(seen) < _MOST_LINKS:
        item = todo.pop(0)
        if isinstance(item, BaseException) and item not in seen:
            seen.append(item)
            yield item
            todo += [getattr(item, "reason", None), item.__cause__, item.__context__, *item.args]
