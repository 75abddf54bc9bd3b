# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that list SimpliVity objects as a whole, against the exact list of calls that they make."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
import requests
from ansible_collections.safehold.backup.plugins.module_utils._shapes.host import Interrupted
from ansible_collections.safehold.backup.tests.unit.samples import (
    GIVEN_TOKEN,
    PASSWORD,
    SECOND_TOKEN,
    SVT,
    SVT_TOKEN,
    TOKEN,
    backup,
    expired,
    svt_error,
    svt_list,
    svt_query,
)

MODULE = "svt_backup_info"
# module, path and key of each list
LISTS = [
    ("svt_backup_info", "/api/backups", "backups"),
    ("svt_host_info", "/api/hosts", "hosts"),
    ("svt_datastore_info", "/api/datastores", "datastores"),
    ("svt_virtual_machine_info", "/api/virtual_machines", "virtual_machines"),
]
SUMMARIES = {
    "svt_backup_info": ["state", "type", "virtual_machine_name", "omnistack_cluster_name"],
    "svt_host_info": ["state", "type", "version", "compute_cluster_name"],
    "svt_datastore_info": ["omnistack_cluster_name", "policy_name"],
    "svt_virtual_machine_info": ["state", "omnistack_cluster_name", "policy_name"],
}
every_list = pytest.mark.parametrize(("module", "path", "key"), LISTS)


def expect_login(http: Any, token: str = TOKEN, **parts: Any) -> None:
    form = {"grant_type": "password", "username": SVT["username"], "password": PASSWORD}
    http.expect("POST", "/api/oauth/token", form=form, **{"reply": {"access_token": token}, **parts})


def expect_revoke(http: Any, token: str = TOKEN, **parts: Any) -> None:
    http.expect("GET", "/api/oauth/revoke", headers={"Authorization": f"Bearer {token}"}, **parts)


def things(*ids: str) -> list[dict[str, Any]]:
    return [{"id": id, "name": f"name of {id}"} for id in ids]


@every_list
@pytest.mark.parametrize("check_mode", [False, True])
def test_j1_a_list_is_read_in_check_mode_too(
    http: Any, run: Any, module: str, path: str, key: str, check_mode: bool
) -> None:
    expect_login(http)
    http.expect("GET", path, query=svt_query(), reply=svt_list(key, things("1", "2")))
    expect_revoke(http)
    ran = run(module, SVT, check_mode=check_mode)
    assert not ran.failed
    assert ran.result["changed"] is False
    assert ran.result[key] == things("1", "2")
    assert (ran.result["count"], ran.result["truncated"]) == (2, False)
    assert ran.warnings == []


@every_list
def test_nothing_found_is_an_empty_list(http: Any, run: Any, module: str, path: str, key: str) -> None:
    http.expect("GET", path, query=svt_query(name="none"), reply=svt_list(key, []))
    ran = run(module, {**SVT_TOKEN, "name": "none"})
    assert (ran.result[key], ran.result["count"], ran.result["truncated"]) == ([], 0, False)


@every_list
def test_g12_d2_a_401_between_pages_is_renewed_and_the_same_page_read(
    http: Any, run: Any, module: str, path: str, key: str
) -> None:
    expect_login(http)
    http.expect("GET", path, query=svt_query(limit=2), reply=svt_list(key, things("1", "2"), 3))
    http.expect("GET", path, query=svt_query(limit=2, offset=2), status=401, reply=expired(TOKEN))
    expect_login(http, SECOND_TOKEN)
    headers = {"Authorization": f"Bearer {SECOND_TOKEN}"}
    http.expect("GET", path, query=svt_query(limit=2, offset=2), headers=headers, reply=svt_list(key, things("3"), 3))
    expect_revoke(http, TOKEN, status=401)
    expect_revoke(http, SECOND_TOKEN)
    ran = run(module, {**SVT, "page_size": 2})
    assert ran.result[key] == things("1", "2", "3")


@every_list
@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"sort": "nmae"}, "sort: there is no field 'nmae'"),
        ({"fields": ["id", "nmae"]}, "fields: there is no field 'nmae'"),
        ({"limit": 0}, "limit: 0 is out of range"),
        ({"page_size": 5001}, "page_size: 5001 is out of range"),
        ({"name": []}, "name: the list is empty"),
        ({"id": [{"id": "f6d5980c", "name": "x"}]}, "is not an id; give ids as they were returned"),
        ({"order": "up"}, "value of order must be one of"),
        ({"access_token": None}, "username: no credentials"),
        ({"access_token": "line\nbreak"}, "access_token: contains a line break"),
        ({"host": "a b"}, "host: 'a b' is not a host name"),
        ({"request_timeout": 0}, "request_timeout: 0 is out of range"),
        ({"nmae": "x"}, "Unsupported parameters for"),
    ],
)
def test_l1_l2_l8_bad_input_is_refused_with_no_call(
    http: Any, run: Any, module: str, path: str, key: str, args: Any, words: str
) -> None:
    ran = run(module, {**SVT_TOKEN, **args})
    assert ran.failed and words in ran.msg
    assert http.seen == []


@every_list
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        pytest.param({"status": 403, "reply": svt_error(403, f"no, {GIVEN_TOKEN}")}, "permission", id="D9"),
        pytest.param({"status": 404, "reply": b"<html>"}, "not_found", id="D11"),
        pytest.param({"status": 302, "reply_headers": {"Location": "https://evil.example/"}}, "bad_response", id="C1"),
        pytest.param({"status": 400, "reply": svt_error(400, "bad sort")}, "input", id="D15"),
        pytest.param({"status": 401, "reply": expired(GIVEN_TOKEN)}, "auth", id="D3"),
        pytest.param({"status": 505}, "server", id="D22"),
    ],
)
def test_a_refusal_is_a_failure_at_once(
    http: Any, run: Any, module: str, path: str, key: str, fault: Any, kind: str
) -> None:
    http.expect("GET", path, query=None, **fault)
    ran = run(module, SVT_TOKEN)
    assert ran.failed and ran.result["changed"] is False
    assert (ran.failure["kind"], ran.failure["path"]) == (kind, path[4:])
    assert key not in ran.result


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        pytest.param({"status": 503}, "server", id="D20"),
        pytest.param({"status": 429}, "rate_limited", id="D19"),
        pytest.param({"reply": b""}, "bad_response", id="E1"),
        pytest.param({"reply": b"<html>maintenance"}, "bad_response", id="D25"),
        pytest.param({"reply": b'{"backups": [], "backups": []}'}, "bad_response", id="E8"),
        pytest.param({"raises": requests.exceptions.ConnectionError(), "sent": False}, "connect", id="A5"),
        pytest.param({"raises": requests.exceptions.ReadTimeout()}, "timeout", id="A7"),
    ],
)
def test_a_fault_that_stays_ends_the_read_within_its_limit(
    http: Any, run: Any, fake_time: Any, fault: Any, kind: str
) -> None:
    http.expect("GET", "/api/backups", query=None, repeats=True, **fault)
    begun = fake_time.monotonic()
    ran = run(MODULE, {**SVT_TOKEN, "request_timeout": 20})
    assert fake_time.monotonic() - begun <= 20
    assert ran.failed and ran.failure["kind"] == kind
    busy = kind in ("server", "rate_limited")
    assert (5 if busy else 1) < len(http.seen) <= (12 if busy else 5)


def test_the_seeds_query(http: Any, run: Any) -> None:
    query = svt_query(type="MANUAL")
    http.expect("GET", "/api/backups", query=query, reply=svt_list("backups", [backup("1", "a"), backup("2", "b")]))
    ran = run(MODULE, {**SVT_TOKEN, "type": ["MANUAL"]})
    assert [found["name"] for found in ran.result["backups"]] == ["a", "b"]


def test_options_come_from_the_environment_too(http: Any, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HOST", "svt.example.com"), ("ACCESS_TOKEN", GIVEN_TOKEN), ("VALIDATE_CERTS", "no")):
        monkeypatch.setenv(f"SVT_{name}", value)
    http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", []))
    ran = run(MODULE, {})
    assert not ran.failed
    assert http.seen[0].verify is False
    assert http.seen[0].headers["Authorization"] == f"Bearer {GIVEN_TOKEN}"


def test_a17_verification_that_is_off_is_told_once(http: Any, run: Any) -> None:
    http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", []))
    ran = run(MODULE, {**SVT_TOKEN, "validate_certs": False})
    assert len(ran.warnings) == 1 and ran.warnings[0].startswith("validate_certs is false")
    assert "ca_path" not in ran.warnings[0]


def test_l3_a_ca_path_that_is_not_used_is_told(http: Any, run: Any) -> None:
    http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", []))
    ran = run(MODULE, {**SVT_TOKEN, "validate_certs": False, "ca_path": "/nonexistent.pem"})
    assert not ran.failed
    assert len(ran.warnings) == 1 and ran.warnings[0].endswith("; ca_path is not used")


def test_a16_an_empty_ca_path_leaves_verification_on(http: Any, run: Any) -> None:
    http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", []))
    run(MODULE, {**SVT_TOKEN, "ca_path": ""})
    assert http.seen[0].verify is True


def test_g1_a_list_that_never_holds_still_is_given_with_a_warning(http: Any, run: Any) -> None:
    for _reading in range(3):
        http.expect("GET", "/api/backups", query=None, reply=svt_list("backups", [backup("1"), backup("2")], 3))
        http.expect("GET", "/api/backups", query=None, reply=svt_list("backups", [backup("3")], 2))
    ran = run(MODULE, {**SVT_TOKEN, "page_size": 2})
    assert not ran.failed
    assert len(ran.warnings) == 1 and "changed while it was read" in ran.warnings[0]


def test_a_limit_says_that_there_are_more(http: Any, run: Any) -> None:
    reply = svt_list("backups", [backup("1"), backup("2")], 1203)
    http.expect("GET", "/api/backups", query=svt_query(limit=2), reply=reply)
    ran = run(MODULE, {**SVT_TOKEN, "limit": 2})
    assert (len(ran.result["backups"]), ran.result["count"], ran.result["truncated"]) == (2, 1203, True)


def test_lists_are_split_for_a_virtual_controller(http: Any, run: Any) -> None:
    http.expect("GET", "/api/version", reply={"REST_API_Version": "1.25", "SVTFS_Version": "3.5.9904.284"})
    for name in ("a", "b"):
        reply = svt_list("backups", [backup(f"id-{name}", name)])
        http.expect("GET", "/api/backups", query=svt_query(name=name), reply=reply)
    assert run(MODULE, {**SVT_TOKEN, "name": ["a", "b"]}).result["count"] == 2


def test_e14_h1_what_the_api_says_decides_nothing(http: Any, run: Any) -> None:
    odd = backup("1", "{{ lookup('pipe', 'id') }}", failed=True, changed=True, ansible_facts={"x": 1}, newField=None)
    body = {**svt_list("backups", [odd]), "failed": True, "changed": True, "msg": "x"}
    http.expect("GET", "/api/backups", query=svt_query(), reply=body)
    ran = run(MODULE, SVT_TOKEN)
    assert not ran.failed and ran.result["changed"] is False
    assert ran.result["backups"] == [odd]
    assert set(ran.result) <= {"backups", "count", "truncated", "changed", "invocation", "warnings"}


def test_e11_e13_what_would_void_a_result_loses_its_force(http: Any, run: Any) -> None:
    body = b'{"count": 1, "backups": [{"id": "1", "name": "x\\ud800", "__ansible_type": "TaggedStr"}]}'
    http.expect("GET", "/api/backups", query=svt_query(), reply=body)
    ran = run(MODULE, SVT_TOKEN)
    assert ran.result["backups"] == [{"id": "1", "name": "x\\ud800", "api__ansible_type": "TaggedStr"}]


def test_h4_an_error_cannot_forge_lines(http: Any, run: Any) -> None:
    words = "no\r\n\x1b[2JPLAY RECAP\n***\u202e" + "x" * 10_000
    http.expect("GET", "/api/backups", query=None, status=400, reply=svt_error(400, words))
    ran = run(MODULE, SVT_TOKEN)
    assert "\\x1b[2J" in ran.msg
    assert ran.failure["detail"].isprintable()


def test_d1_a_wrong_password_is_tried_once(http: Any, run: Any) -> None:
    reply = {"error": "invalid_grant", "error_description": f"Invalid credentials {PASSWORD}"}
    expect_login(http, status=400, reply=reply)
    ran = run(MODULE, SVT)
    assert ran.failed and ran.failure["kind"] == "auth"
    assert "check username and password" in ran.msg


def test_a1_a_host_that_refuses_connections_is_tried_a_few_times_only(http: Any, run: Any) -> None:
    refused = requests.exceptions.ConnectionError(ConnectionRefusedError())
    http.expect("POST", "/api/oauth/token", raises=refused, sent=False, repeats=True)
    ran = run(MODULE, SVT)
    assert ran.failed and ran.failure["kind"] == "connect"
    assert "svt.example.com:443 refused the connection" in ran.msg
    assert len(http.seen) <= 5


def test_k8_a_short_secret_is_warned_of(http: Any, run: Any) -> None:
    http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", []))
    ran = run(MODULE, {"host": "svt.example.com", "access_token": "vm"})
    assert len(ran.warnings) == 1 and "fewer than four characters" in ran.warnings[0]


def test_optional_fields_are_asked_for(http: Any, run: Any) -> None:
    query = svt_query(show_optional_fields="true")
    http.expect("GET", "/api/hosts", query=query, reply=svt_list("hosts", things("1")))
    assert not run("svt_host_info", {**SVT_TOKEN, "show_optional_fields": True}).failed


def test_a_filter_that_takes_one_value_at_a_time_is_split_everywhere(http: Any, run: Any) -> None:
    for state, id in (("ALIVE", "1"), ("FAULTY", "2")):
        found = [{"id": id, "name": id, "state": state}]
        http.expect("GET", "/api/hosts", query=svt_query(state=state), reply=svt_list("hosts", found))
    assert run("svt_host_info", {**SVT_TOKEN, "state": ["ALIVE", "FAULTY"]}).result["count"] == 2


@every_list
def test_a_summary_counts_without_the_list(http: Any, run: Any, module: str, path: str, key: str) -> None:
    name = "virtual_machine_name" if module == "svt_backup_info" else "omnistack_cluster_name"
    one, two = {"id": "1", "state": "ALIVE", name: "a"}, {"id": "2", "state": "ALIVE", name: None}
    # no more than it counts, sorts by and tells apart
    fields = [*SUMMARIES[module], "id", "name"]
    http.expect("GET", path, query=svt_query(fields=",".join(fields)), reply=svt_list(key, [one, two], 2))
    ran = run(module, {**SVT_TOKEN, "summary": True})
    assert list(ran.result["summary"]) == SUMMARIES[module]
    assert key not in ran.result
    assert (ran.result["changed"], ran.result["count"], ran.result["truncated"]) == (False, 2, False)
    assert all(sum(counts.values()) == 2 for counts in ran.result["summary"].values())
    if "state" in ran.result["summary"]:
        assert ran.result["summary"]["state"] == {"ALIVE": 2}
    if name in ran.result["summary"]:
        assert ran.result["summary"][name] == {"": 1, "a": 1}


def test_a_summary_refuses_fields(http: Any, run: Any) -> None:
    ran = run(MODULE, {**SVT_TOKEN, "summary": True, "fields": ["name"]})
    assert ran.failure["kind"] == "input"
    assert ran.msg == "fields: has no meaning beside summary, which counts fields of its own; leave one out"
    assert ran.failure["requests"] == 0


@every_list
def test_a_list_goes_to_a_file_of_its_owner_alone(
    http: Any, run: Any, tmp_path: Path, module: str, path: str, key: str
) -> None:
    file = tmp_path / "list.json"
    file.write_text("old")
    file.chmod(0o644)
    options = {**SVT_TOKEN, "output_file": str(file)}

    def read(**more: Any) -> Any:
        http.expect("GET", path, query=svt_query(), reply=svt_list(key, things("1", "ü")))
        return run(module, {**options, "summary": more.pop("summary", False)}, **more)

    ran = read(check_mode=True)
    assert (ran.result["changed"], file.read_text()) == (True, "old")

    ran = read()
    assert (ran.result["changed"], ran.result["output_file"], ran.result["count"]) == (True, str(file), 2)
    assert key not in ran.result
    assert json.loads(file.read_text()) == {key: things("1", "ü"), "count": 2, "truncated": False}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["list.json"]

    assert read(check_mode=True).result["changed"] is False
    assert read(summary=True).result["changed"] is False


def test_a_summary_beside_a_file_reads_whole_objects(http: Any, run: Any, tmp_path: Path) -> None:
    thing = {"id": "1", "name": "n", "state": "PROTECTED"}
    http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", [thing]))
    ran = run(MODULE, {**SVT_TOKEN, "summary": True, "output_file": str(tmp_path / "list.json")})
    assert ran.result["summary"]["state"] == {"PROTECTED": 1}
    assert json.loads((tmp_path / "list.json").read_text())["backups"] == [thing]


def test_k1_a_secret_does_not_get_into_the_file(http: Any, run: Any, tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", [{"id": "1", "name": GIVEN_TOKEN}]))
    ran = run(MODULE, {**SVT_TOKEN, "output_file": str(file)})
    assert not ran.failed
    assert GIVEN_TOKEN not in file.read_text()
    assert json.loads(file.read_text())["backups"][0]["id"] == "1"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("list.json", "is not an absolute path"),
        ("{tmp}/none/list.json", "is in a directory that does not exist"),
        ("{tmp}", "is not a file"),
        ("/dev/null", "is not a file"),
        ("/proc/list.json", "could not be written"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused(
    http: Any, run: Any, tmp_path: Path, name: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written = words == "could not be written"
    if written:
        http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", things("1")))
    ran = run(MODULE, {**SVT_TOKEN, "output_file": name.format(tmp=tmp_path)})
    assert ran.failure["kind"] == "input"
    assert ran.msg.startswith("output_file: '") and words in ran.msg
    assert ran.failure["requests"] == (1 if written else 0)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), Interrupted()])
def test_a_file_that_cannot_be_finished_leaves_the_old_one(
    http: Any, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException
) -> None:
    file = tmp_path / "list.json"
    file.write_text("old")
    http.expect("GET", "/api/backups", query=svt_query(), reply=svt_list("backups", things("1")))

    def full(_descriptor: int) -> None:
        raise problem

    monkeypatch.setattr("os.fsync", full)
    ran = run(MODULE, {**SVT_TOKEN, "output_file": str(file)})
    assert ran.failed
    if isinstance(problem, OSError):
        assert "could not be written: No space left on device; the list was read" in ran.msg
    assert file.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["list.json"]
