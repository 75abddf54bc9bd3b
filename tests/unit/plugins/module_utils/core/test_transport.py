# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One HTTP call: its limits, what it sends, and what every kind of error is called."""

from __future__ import annotations

import gzip
import http.client
import io
import socket
import ssl
import threading
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core import adapter, transport
from ansible_collections.safehold.backup.plugins.module_utils._core.adapter import Adapter, Call, CallEnded
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.requests_import import (
    HTTPAdapter,
    requests,
    urllib3,
)
from ansible_collections.safehold.backup.plugins.module_utils._core.transport import Transport, Verify, path_segment
from ansible_collections.safehold.backup.plugins.module_utils._core.transport_errors import explain
from ansible_collections.safehold.backup.tests.unit.http_script import BrokenBody
from urllib3.connection import HTTPConnection

HOST = "svt.example.com:443"
URL = f"https://{HOST}/api/things"
SECRET = "hunter2"


@pytest.fixture
def counted() -> list[int]:
    return []


@pytest.fixture
def link(counted: list[int]) -> Transport:
    return Transport(f"https://{HOST}/api", Verify(True, None), Clock(), lambda: counted.append(1))


def call(link: Transport, method: str = "GET", seconds: float = 60, **parts: Any) -> transport.Answer:
    return link.call(method, "/things", deadline=Deadline(Clock(), seconds), **parts)


def failed(link: Transport, method: str = "GET", **parts: Any) -> Failure:
    with pytest.raises(Failure) as raised:
        call(link, method, **parts)
    failure = raised.value
    assert (failure.method, failure.path) == (method, "/things")
    assert failure.message.startswith(HOST)
    return failure


def test_a_call_gives_status_headers_and_body(http: Any, link: Transport, counted: list[int]) -> None:
    http.expect("GET", "/api/things", status=404, reply=b"body", reply_headers={"X-Thing": "1"})
    answer = call(link)
    assert (answer.status, answer.body) == (404, b"body")
    assert transport.header(answer, "x-thing") == "1"
    assert transport.header(answer, "x-other") == ""
    assert counted == [1]


def test_g14_a_query_is_encoded(http: Any, link: Transport) -> None:
    http.expect("GET", "/api/things", query=[("name", "a,b&c=d%+*ü 'x'"), ("at", "2019-05-09T22:00:00-04:00")])
    call(link, query=[("name", "a,b&c=d%+*ü 'x'"), ("at", "2019-05-09T22:00:00-04:00")])


def test_a_call_says_who_calls(http: Any, link: Transport) -> None:
    http.expect("POST", "/api/things", headers={"Accept-Encoding": "gzip", "X-Own": "1"}, json_body={"a": 1})
    call(link, "POST", headers={"X-Own": "1"}, body=b'{"a": 1}')
    assert http.seen[0].headers["User-Agent"].startswith("safehold.backup/")


def test_c10_verification_is_passed_with_every_request(
    http: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.touch()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    for verify in (Verify(True, "/own/ca.pem"), Verify(False, None), Verify(True, None)):
        http.expect("GET", "/api/things")
        call(Transport(f"https://{HOST}/api", verify, Clock(), lambda: None))
    assert [seen.verify for seen in http.seen] == ["/own/ca.pem", False, str(bundle)]


def test_c7_a_netrc_does_not_replace_the_token(http: Any, link: Transport, tmp_path: Any, monkeypatch: Any) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine svt.example.com login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    http.expect("GET", "/api/things", headers={"Authorization": "Bearer mine"})
    call(link, headers={"Authorization": "Bearer mine"})


def test_c14_a_cookie_is_not_kept(http: Any, link: Transport) -> None:
    http.expect("GET", "/api/things", reply_headers={"Set-Cookie": "session=1; Path=/"})
    http.expect("GET", "/api/things")
    call(link)
    call(link)
    assert all("Cookie" not in seen.headers for seen in http.seen)


def test_the_limit_of_a_call_is_handed_down(http: Any, link: Transport) -> None:
    http.expect("GET", "/api/things")
    http.expect("GET", "/api/things")
    call(link, seconds=60)
    call(link, seconds=3)
    assert [seen.timeout for seen in http.seen] == [(10.0, 60.0), (1.0, 3.0)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_c1_c3_redirects_are_refused(http: Any, link: Transport, status: int) -> None:
    headers = {"Location": f"https://evil.example/login?token={SECRET}"}
    http.expect("POST", "/api/things", status=status, reply_headers=headers)
    failure = failed(link, "POST", body=b"password=x")
    assert (failure.kind, failure.http_status) == ("bad_response", status)
    assert "redirects to evil.example" in failure.message
    assert SECRET not in failure.message


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://admin:hunter2@evil.example:8443/x", "redirects to evil.example:8443;"),
        ("https://[evil/x", "redirects to something that is not an address;"),
    ],
)
def test_c1_only_the_host_of_a_redirect_is_shown(http: Any, link: Transport, location: str, shown: str) -> None:
    http.expect("GET", "/api/things", status=302, reply_headers={"Location": location})
    assert shown in failed(link).message


@pytest.mark.parametrize("location", ["", "/elsewhere", "file:///etc/passwd"])
def test_c6_odd_redirects_are_refused_too(http: Any, link: Transport, location: str) -> None:
    http.expect("GET", "/api/things", status=302, reply_headers={"Location": location})
    assert "redirects to an address on the same host" in failed(link).message


@pytest.mark.parametrize("status", [0, 99, 199, 600, 999])
def test_b14_a_status_that_is_not_http_is_refused(http: Any, link: Transport, status: int) -> None:
    http.expect("GET", "/api/things", status=status)
    failure = failed(link)
    assert failure.kind == "bad_response"
    assert f"status {status}" in failure.message


def test_a_compressed_body_is_read(http: Any, link: Transport) -> None:
    http.expect("GET", "/api/things", reply=gzip.compress(b"x" * 100_000), reply_headers={"Content-Encoding": "gzip"})
    assert call(link).body == b"x" * 100_000


@pytest.mark.parametrize(
    ("reply", "headers", "words"),
    [
        pytest.param(b"not gzip", {"Content-Encoding": "gzip"}, "not what its Content-Encoding says", id="B17"),
        pytest.param(b"x", {"Content-Encoding": "br"}, "content encoding that was not asked for", id="B17-br"),
        pytest.param(gzip.compress(b"x" * 1000)[:-9], {"Content-Encoding": "gzip"}, "ends too early", id="B5-gzip"),
    ],
)
def test_bodies_that_break_the_rules_are_refused(
    http: Any, link: Transport, reply: Any, headers: Any, words: str
) -> None:
    http.expect("GET", "/api/things", reply=reply, reply_headers=headers)
    failure = failed(link)
    assert failure.kind == "bad_response"
    assert words in failure.message


def test_b4_a_body_shorter_than_it_says_is_a_broken_connection(http: Any, link: Transport) -> None:
    http.expect("GET", "/api/things", reply=b"short", reply_headers={"Content-Length": "50"})
    failure = failed(link)
    assert failure.kind == "connect"
    assert "broke the connection off before its answer was complete" in failure.message


def test_b15_a_bomb_stops_at_the_cap(http: Any, link: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 1024 * 1024)
    bomb = gzip.compress(b"\0" * 30_000_000)
    http.expect("GET", "/api/things", reply=bomb, reply_headers={"Content-Encoding": "gzip"})
    assert "larger than 1 MiB" in failed(link).message


def test_b15_a_bomb_stops_before_it_has_grown(http: Any, link: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "BOMB_BYTES", 100_000)
    monkeypatch.setattr(transport, "_PIECE_BYTES", 10_000)
    http.expect("GET", "/api/things", reply=gzip.compress(b" " * 10**6), reply_headers={"Content-Encoding": "gzip"})
    assert "decodes to more than 250 times" in failed(link).message


def test_gzip_may_be_several_parts(http: Any, link: Transport) -> None:
    parts = gzip.compress(b"[1,") + gzip.compress(b"2]")
    http.expect("GET", "/api/things", reply=parts, reply_headers={"Content-Encoding": "gzip"})
    assert call(link).body == b"[1,2]"


def test_what_follows_the_end_of_gzip_is_not_ignored(http: Any, link: Transport) -> None:
    http.expect("GET", "/api/things", reply=gzip.compress(b"[1]") + b"junk", reply_headers={"Content-Encoding": "gzip"})
    assert "not what its Content-Encoding says" in failed(link).message


def test_b16_an_endless_body_stops_at_the_cap(http: Any, link: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 1024 * 1024)

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

    endless = Endless()
    http.expect("GET", "/api/things", reply=endless, reply_headers={"Content-Length": None})
    assert "larger than 1 MiB" in failed(link).message
    assert endless.given < 2 * 1024 * 1024


def test_b3_a_reset_in_the_middle_of_a_body_is_no_answer(http: Any, link: Transport) -> None:
    http.expect("GET", "/api/things", reply=BrokenBody(b'{"backups": [', ConnectionResetError()))
    failure = failed(link)
    assert (failure.kind, failure.sent) == ("connect", True)
    assert "broke the connection off" in failure.message


def test_b8_a9_a_call_ends_at_its_limit_whatever_it_is_blocked_in(
    link: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    calls: list[Call] = []

    def hang(*args: Any, **options: Any) -> Any:
        calls.append(adapter._current.call)
        release.wait(5)
        adapter._current.call.start_sending(None)
        raise AssertionError("sent after the limit")

    monkeypatch.setattr(HTTPAdapter, "send", hang)
    try:
        failure = failed(link, seconds=0.03)
    finally:
        release.set()
    assert (failure.kind, failure.sent) == ("timeout", False)
    assert calls[0].sent is False
    with pytest.raises(CallEnded):
        calls[0].start_sending(None)


def test_b18_a_write_goes_on_a_fresh_connection_after_a_pause(
    http: Any, link: Transport, fake_time: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    monkeypatch.setattr(HTTPAdapter, "close", lambda self: closed.append(http.lines()[-1]))
    for method in ("GET", "GET", "POST"):
        http.expect(method, "/api/things")
        call(link, method)
        fake_time.advance(1 if method == "POST" else 30)
    assert closed == ["GET /api/things"]
    http.expect("POST", "/api/things")
    call(link, "POST")
    assert closed == ["GET /api/things"]


def test_b18_after_a_broken_connection_every_write_goes_on_a_fresh_one(
    http: Any, link: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    monkeypatch.setattr(HTTPAdapter, "close", lambda self: closed.append(http.lines()[-1]))
    http.expect("GET", "/api/things", raises=aborted(ConnectionResetError()))
    failed(link)
    for method in ("GET", "POST"):
        http.expect(method, "/api/things")
        call(link, method)
    assert closed == ["GET /api/things"]


@pytest.mark.parametrize(("sent", "words"), [(False, "through the proxy"), (True, "broke the connection off")])
def test_c9_a_proxy_that_breaks_off_is_not_taken_for_the_server(
    http: Any, fake_time: Any, monkeypatch: pytest.MonkeyPatch, sent: bool, words: str
) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    link = Transport(f"https://{HOST}/api", Verify(True, None), Clock(), lambda: None)
    http.expect("GET", "/api/things", raises=aborted(ConnectionResetError()), sent=sent)
    failure = failed(link)
    assert failure.kind == "connect" and words in failure.message


@pytest.mark.parametrize("id", ["a/b", "a?b", "a#b", "a%2fb", "a b", "ü", "x\r\ny", "1:2:3"])
def test_c13_an_id_is_one_segment_of_the_path(id: str) -> None:
    segment = path_segment(id)
    assert not set(segment) & set("/?# \r\nü")
    assert requests.utils.unquote(segment) == id


@pytest.mark.parametrize("id", ["", ".", ".."])
def test_c13_an_id_that_means_a_folder_is_refused(id: str) -> None:
    with pytest.raises(Failure) as refused:
        path_segment(id)
    assert refused.value.sent is False


# what each error is called


def caused(outer: BaseException, inner: BaseException) -> BaseException:
    outer.__cause__ = inner
    return outer


def wrapped(inner: BaseException, outer: Any = requests.exceptions.ConnectionError) -> BaseException:
    """As requests raises what urllib3 gives up on."""
    return outer(urllib3.exceptions.MaxRetryError(None, URL, inner))


def refused_connection(error: BaseException) -> BaseException:
    connection = HTTPConnection("svt.example.com")
    return wrapped(caused(urllib3.exceptions.NewConnectionError(connection, f"{SECRET}"), error))


def aborted(error: BaseException) -> BaseException:
    return requests.exceptions.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.", error))


def bad_certificate(words: str) -> BaseException:
    error = ssl.SSLCertVerificationError(1, f"certificate verify failed: {SECRET}")
    error.verify_message = words
    return wrapped(urllib3.exceptions.SSLError(error), requests.exceptions.SSLError)


def tls(reason: str) -> BaseException:
    error = ssl.SSLError(1, f"[SSL: {reason}] {SECRET}")
    error.reason = reason
    return wrapped(urllib3.exceptions.SSLError(error), requests.exceptions.SSLError)


NOT_SENT, SENT = False, True
REASONS = [
    pytest.param(refused_connection(ConnectionRefusedError(111, "x")), NOT_SENT, "connect", "refused", id="A1"),
    pytest.param(refused_connection(socket.gaierror(-2, "x")), NOT_SENT, "connect", "cannot be resolved", id="A2"),
    pytest.param(
        wrapped(urllib3.exceptions.ConnectTimeoutError(None, SECRET), requests.exceptions.ConnectTimeout),
        NOT_SENT,
        "timeout",
        "while connecting",
        id="A4",
    ),
    pytest.param(refused_connection(OSError(101, "unreachable")), NOT_SENT, "connect", "cannot be reached", id="A5"),
    pytest.param(
        requests.exceptions.ReadTimeout(urllib3.exceptions.ReadTimeoutError(None, URL, SECRET)),
        SENT,
        "timeout",
        "no complete answer",
        id="A7",
    ),
    pytest.param(bad_certificate("self-signed certificate"), NOT_SENT, "tls", "self-signed certificate", id="A9"),
    pytest.param(bad_certificate("Hostname mismatch"), NOT_SENT, "tls", "certificate for another name", id="A10"),
    pytest.param(bad_certificate("certificate has expired"), NOT_SENT, "tls", "certificate has expired", id="A11"),
    pytest.param(bad_certificate("certificate has expired"), NOT_SENT, "tls", "the clock of this machine", id="A20"),
    pytest.param(tls("UNSUPPORTED_PROTOCOL"), NOT_SENT, "tls", "older than 1.2", id="A12"),
    pytest.param(tls("TLSV1_ALERT_PROTOCOL_VERSION"), NOT_SENT, "tls", "older than 1.2", id="A12-alert"),
    pytest.param(tls("WRONG_VERSION_NUMBER"), NOT_SENT, "tls", "does not speak TLS", id="A13"),
    pytest.param(tls("RECORD_LAYER_FAILURE"), NOT_SENT, "tls", "does not speak TLS", id="A13-record"),
    pytest.param(tls("NO_SHARED_CIPHER"), NOT_SENT, "tls", "no shared cipher", id="tls-other"),
    pytest.param(tls("DECRYPTION_FAILED_OR_BAD_RECORD_MAC"), SENT, "connect", "broke the TLS connection", id="A19"),
    pytest.param(aborted(ConnectionResetError(104, SECRET)), SENT, "connect", "broke the connection off", id="B1-B2"),
    pytest.param(
        requests.exceptions.ChunkedEncodingError(urllib3.exceptions.ProtocolError("x", ConnectionResetError())),
        SENT,
        "connect",
        "broke the connection off",
        id="B3-B7",
    ),
    pytest.param(
        wrapped(urllib3.exceptions.ProxyError(SECRET, OSError("407")), requests.exceptions.ProxyError),
        NOT_SENT,
        "connect",
        "proxy",
        id="C9",
    ),
    pytest.param(requests.exceptions.InvalidProxyURL(SECRET), NOT_SENT, "connect", "proxy", id="C8-malformed"),
    pytest.param(requests.exceptions.InvalidSchema(SECRET), NOT_SENT, "connect", "proxy", id="C8-socks"),
    pytest.param(urllib3.exceptions.ProxySchemeUnknown("x"), NOT_SENT, "connect", "proxy", id="C8-scheme"),
    pytest.param(requests.exceptions.InvalidHeader(SECRET), SENT, "bad_response", "is not HTTP", id="B4-two-lengths"),
    pytest.param(CallEnded(), NOT_SENT, "timeout", "not reached in time", id="ended"),
    pytest.param(aborted(http.client.BadStatusLine(SECRET)), SENT, "bad_response", "is not HTTP", id="B12"),
    pytest.param(aborted(http.client.LineTooLong(SECRET)), SENT, "bad_response", "is not HTTP", id="B13-line"),
    pytest.param(aborted(http.client.HTTPException(SECRET)), SENT, "bad_response", "is not HTTP", id="B13-headers"),
    pytest.param(aborted(http.client.RemoteDisconnected(SECRET)), SENT, "connect", "broke the connection", id="B18"),
    pytest.param(RuntimeError(SECRET), NOT_SENT, "bad_response", "RuntimeError", id="unexpected"),
]


@pytest.mark.parametrize(("error", "sent", "kind", "words"), REASONS)
def test_every_error_has_its_kind_and_its_words(
    http: Any, link: Transport, error: BaseException, sent: bool, kind: str, words: str
) -> None:
    http.expect("GET", "/api/things", raises=error, sent=sent)
    failure = failed(link)
    assert failure.kind == kind
    assert words in failure.message
    assert failure.sent is sent
    assert failure.message.isprintable()


@pytest.mark.parametrize(("error", "sent", "kind", "words"), REASONS)
def test_k3_no_words_of_a_library_get_out(
    http: Any, link: Transport, error: BaseException, sent: bool, kind: str, words: str
) -> None:
    http.expect("GET", "/api/things", raises=error, sent=sent)
    assert SECRET not in failed(link).message


def test_a9_an_untrusted_certificate_names_the_option_that_helps(http: Any, link: Transport) -> None:
    http.expect("GET", "/api/things", raises=bad_certificate("self-signed certificate"), sent=False)
    assert "set ca_path" in failed(link).message


def test_a_circle_of_causes_ends() -> None:
    first, second = OSError("a"), OSError("b")
    first.__cause__, second.__cause__ = second, first
    assert explain(first, True)[0] == "connect"


# a call that can be ended


def test_a_call_is_sent_when_its_first_byte_goes_out() -> None:
    call = Call()
    assert not call.sent
    call.start_sending(None)
    assert call.sent


def test_a_call_that_was_ended_sends_nothing() -> None:
    call = Call()
    call.end()
    with pytest.raises(CallEnded):
        call.start_sending(None)
    assert not call.sent


def test_ending_a_call_wakes_whatever_waits_for_the_server() -> None:
    ours, theirs = socket.socketpair()
    received: list[bytes] = []

    class Connection:
        sock = ours

    call = Call()
    call.start_sending(Connection())
    reader = threading.Thread(target=lambda: received.append(ours.recv(1)), daemon=True)
    reader.start()
    call.end()
    reader.join(5)
    assert received == [b""]
    call.end()
    ours.close()
    theirs.close()
    call.end()


def test_ending_a_call_wakes_it_when_the_library_has_let_go_of_the_connection() -> None:
    ours, theirs = socket.socketpair()

    class Connection:
        sock: Any = ours

    connection = Connection()
    call = Call()
    call.start_sending(connection)
    connection.sock = None
    call.end()
    assert theirs.recv(1) == b""
    ours.close()
    theirs.close()


def test_c9_a_call_through_tls_in_tls_is_ended_at_the_socket_below() -> None:
    ours, theirs = socket.socketpair()

    class Inner:
        """As urllib3's SSLTransport, which cannot be shut down."""

        socket = ours

    class Connection:
        sock = Inner()

    call = Call()
    call.start_sending(Connection())
    call.end()
    assert theirs.recv(1) == b""
    ours.close()
    theirs.close()


def test_b19_a_call_knows_of_more_than_its_answer() -> None:
    class Socket:
        left = 0

        def pending(self) -> int:
            return self.left

    class Connection:
        sock = Socket()

    call = Call()
    assert not call.has_more()
    call.start_sending(Connection())
    assert not call.has_more()
    Socket.left = 7
    assert call.has_more()


def test_an_adapter_speaks_https_only_and_repeats_nothing() -> None:
    made = Adapter(True)
    assert made.max_retries.total == 0
    assert made.max_retries.read is False
    context = made.poolmanager.connection_pool_kw["ssl_context"]
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    # urllib3 before 2.0 compares the name itself, so its own context leaves that out
    assert context.check_hostname is adapter.create_urllib3_context().check_hostname
    assert made.poolmanager.pool_classes_by_scheme == {"https": adapter._Pool}


def test_an_adapter_without_verification_compares_no_host_name() -> None:
    pool = Adapter(False).poolmanager
    assert pool.connection_pool_kw["ssl_context"].check_hostname is False


def test_an_international_name_is_sent_as_it_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def send(_adapter: Any, request: Any, **_options: Any) -> Any:
        asked.append(request.url)
        raise ConnectionRefusedError()

    monkeypatch.setattr(HTTPAdapter, "send", send)
    link = Transport("https://bücher.example.com/api", Verify(True, None), Clock(), lambda: None)
    with pytest.raises(Failure, match=r"^bücher\.example\.com refused the connection"):
        call(link)
    assert asked == ["https://xn--bcher-kva.example.com/api/things"]


def test_a_name_that_nobody_can_look_up_is_refused_before_anything_is_sent(counted: list[int]) -> None:
    with pytest.raises(Failure, match=r"'☃\.example\.com' is not a host name that can be looked up") as raised:
        Transport("https://☃.example.com/api", Verify(True, None), Clock(), lambda: counted.append(1))
    assert raised.value.kind == "input"
    assert not counted
