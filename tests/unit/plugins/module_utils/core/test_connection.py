# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options, checked before anything is sent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import trustme
from ansible_collections.safehold.backup.plugins.module_utils._core import connection
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.transport import Verify


def refusal(check: Any, *args: Any) -> str:
    with pytest.raises(Failure) as refused:
        check(*args)
    assert refused.value.kind == "input"
    assert refused.value.sent is False
    return refused.value.message


@pytest.mark.parametrize(
    "host",
    [
        "svt",
        "svt.example.com",
        "svt.example.com.",
        "SVT-01_a.example.com",
        "1host",
        "10.0.0.5",
        "2001:db8::1",
        "[2001:db8::1]",
        "bücher.example",
        "xn--bcher-kva.example",
    ],
)
def test_l1_hosts_that_are_taken(host: str) -> None:
    assert connection.is_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "svt..example.com",
        "https://svt",
        "svt/api",
        "user@svt",
        "svt:443",
        "svt example",
        "svt\r\nX: y",
        "svt\n",
        "-svt.example.com",
        "svt-.example.com",
        "1.2.3",
        "1.2.3.4.5",
        "999.1.1.1",
        "[svt]",
        "[10.0.0.5]",
        "a" * 64,
        ".".join(["a" * 60] * 5),
        "svt?x",
        "svt#x",
        "svt\x00",
        "2001:db8::1::2",
        "[::1",
        "svt\u2028",
    ],
)
def test_l1_hosts_that_are_refused(host: str) -> None:
    assert not connection.is_host(host)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://eu2-cloud.acronis.com", "https://eu2-cloud.acronis.com"),
        ("https://eu2.acronis.cloud/", "https://eu2.acronis.cloud"),
        ("HTTPS://Host.example:8443//", "https://Host.example:8443"),
        ("https://[2001:db8::1]:443", "https://[2001:db8::1]:443"),
    ],
)
def test_l1_addresses_that_are_taken(url: str, origin: str) -> None:
    assert connection.origin("datacenter_url", url, "https://example") == origin


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param("http://host.example", "without TLS", id="A18-plain-http"),
        pytest.param("host.example", "https://", id="no-scheme"),
        pytest.param("https://user:secret@host.example", "user name or password", id="K11-user-info"),
        pytest.param("https://host.example/?token=abc", "path or a query", id="K11-query"),
        pytest.param("https://host.example/api", "path or a query", id="path"),
        pytest.param("https://host.example/#x", "path or a query", id="fragment"),
        pytest.param("https://", "no valid host", id="no-host"),
        pytest.param("https://host.example:0", "no valid host and port", id="port-0"),
        pytest.param("https://host.example:99999", "port", id="port-99999"),
        pytest.param("https://host.example:x", "port", id="port-x"),
        pytest.param("https://[::1", "not a URL", id="bracket"),
        pytest.param("https://host example", "blank", id="blank"),
        pytest.param("https://host.example\r\nX-Evil: 1", "control character", id="CR-LF"),
        pytest.param("https://host%2eexample", "no valid host", id="percent"),
        pytest.param("https://a..b", "no valid host", id="empty-label"),
    ],
)
def test_l1_addresses_that_are_refused(url: str, why: str) -> None:
    message = refusal(connection.origin, "datacenter_url", url, "https://example")
    assert message.startswith("datacenter_url: ")
    assert why in message
    assert message.endswith("write it as https://example")


@pytest.mark.parametrize(
    "url",
    [
        "https://me:hunter2@host.example",
        "me:hunter2@host.example",
        "https://host.example/?access_token=hunter2 x",
        "https://a..b/?access_token=hunter2",
        "http://host.example/?access_token=hunter2",
        "host.example/#hunter2",
    ],
)
def test_k11_a_secret_in_an_address_is_not_quoted(url: str) -> None:
    assert "hunter2" not in refusal(connection.origin, "datacenter_url", url, "https://example")


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(path)
    return path


def test_a_ca_file_is_taken(ca_file: Path) -> None:
    params = {"validate_certs": True, "ca_path": str(ca_file)}
    assert connection.verify(params) == Verify(True, str(ca_file))


def test_a15_a_ca_file_that_is_missing_or_a_folder_is_refused(tmp_path: Path) -> None:
    missing = refusal(connection.verify, {"validate_certs": True, "ca_path": str(tmp_path / "no.pem")})
    assert missing.startswith("ca_path: ") and "does not exist" in missing
    folder = refusal(connection.verify, {"validate_certs": True, "ca_path": str(tmp_path)})
    assert folder.startswith("ca_path: ") and "is not a file" in folder


@pytest.mark.parametrize("content", [b"", b"not a certificate", b"\xff\x00\x01"])
def test_a15_a_ca_file_without_a_certificate_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(content)
    assert "holds no certificate" in refusal(connection.verify, {"validate_certs": True, "ca_path": str(path)})


def test_a15_an_unreadable_ca_file_is_refused(ca_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "cannot be read" in refusal(connection.verify, {"validate_certs": True, "ca_path": str(ca_file)})


def test_a16_an_empty_ca_path_is_not_set_and_verification_stays_on() -> None:
    checked = connection.verify({"validate_certs": True, "ca_path": ""})
    assert checked == Verify(True, None)
    assert checked.as_requests() is True


def test_verification_is_off_only_by_its_own_option() -> None:
    assert connection.verify({"validate_certs": False, "ca_path": None}).as_requests() is False


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_c10_a_ca_variable_is_only_the_default(variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.touch()
    monkeypatch.setenv(variable, str(bundle))
    assert Verify(True, None).as_requests() == str(bundle)
    assert Verify(True, "/own/ca.pem").as_requests() == "/own/ca.pem"
    assert Verify(False, None).as_requests() is False


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_c10_a_ca_variable_that_names_nothing_is_refused(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "/env/ca.pem")
    with pytest.raises(Failure) as raised:
        Verify(True, None).as_requests()
    assert raised.value.kind == "input"
    assert raised.value.message.startswith("ca_path: ") and variable in raised.value.message
    assert Verify(True, "/own/ca.pem").as_requests() == "/own/ca.pem"


@pytest.mark.parametrize("value", [0, -5, 0.4, 3601, 10**22, float("inf"), float("nan")])
def test_l2_timeouts_out_of_range_are_refused(value: float) -> None:
    assert refusal(connection.request_timeout, {"request_timeout": value}).startswith("request_timeout: ")


@pytest.mark.parametrize("value", [0.5, 60, 3600])
def test_l2_timeouts_in_range_are_taken(value: float) -> None:
    assert connection.request_timeout({"request_timeout": value}) == value


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("hunter2\n", "line break"),
        ("hunter2\r", "line break"),
        ("hunt\x00er2", "control character"),
        ("hunter2\x7f", "control character"),
        ("hunter2" * 2000, "longer than"),
        ("hunter2\udcff", "UTF-8"),
    ],
)
def test_k6_l7_a_secret_that_cannot_be_sent_is_refused_and_not_quoted(value: str, why: str) -> None:
    message = refusal(connection.secret, {"password": value}, "password")
    assert message.startswith("password: ")
    assert why in message
    assert "hunt" not in message


def test_l7_a_secret_may_hold_any_letters() -> None:
    assert connection.secret({"password": "pä ss日本"}, "password") == "pä ss日本"


@pytest.mark.parametrize("value", ["two words", "tökén", "", "token\n", "tab\t"])
def test_k6_a_secret_for_a_header_is_plain_ascii(value: str) -> None:
    message = refusal(connection.header_secret, {"access_token": value}, "access_token")
    assert message.startswith("access_token: ")
    assert not value or value not in message


def test_a_secret_for_a_header_is_taken_as_it_is() -> None:
    assert connection.header_secret({"access_token": "eyJ.a-b_c=="}, "access_token") == "eyJ.a-b_c=="


def test_every_option_has_its_variable_and_every_secret_its_no_log() -> None:
    spec = connection.argument_spec("SVT")
    assert {option["env"] for option in spec.values()} == {f"SVT_{name.upper()}" for name in spec}
    assert spec["access_token"]["no_log"] is True
    assert spec["validate_certs"]["default"] is True
