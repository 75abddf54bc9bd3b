# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules make exactly the requests go wrong that they should, in exactly the way they say."""

from __future__ import annotations

import socket
import ssl
import time

import pytest
import requests

RENAME = r"/rename$"


@pytest.fixture
def backup(svt, control):
    control.set("simplivity", task_seconds=0)
    return svt.backups(name="aborted")[0]


def rename(svt, backup):
    return svt.post(f"/backups/{backup['id']}/rename", {"backup_name": "renamed"})


@pytest.mark.parametrize("action", [{"reset": True}, {"close": True}])
@pytest.mark.parametrize(("when", "accepted"), [("before", 0), ("after", 1)])
def test_lost_connections_before_and_after_the_change(svt, control, backup, action, when, accepted):
    control.fault({"name": "cut", "path": RENAME, "when": when, "action": action})
    with pytest.raises(requests.ConnectionError):
        rename(svt, backup)
    entry = control.requests(method="POST", path="/rename")[0]
    assert (entry["status"], entry["fault"]) == (None, "cut")
    assert len(control.changes()) == accepted
    assert svt.backups(id=backup["id"])[0]["name"] == ("renamed" if accepted else "aborted")


def last_word_on_the_wire(simulator):
    """How the connection ends under TLS (before 3.13 Python's own TLS sockets hide the difference)."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context(cafile=simulator.ca_path)
    tls = context.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
    with socket.create_connection(("127.0.0.1", simulator.simplivity["port"]), timeout=5) as plain:

        def do(step):
            while True:
                try:
                    done = step()
                except ssl.SSLWantReadError:
                    plain.sendall(outgoing.read())
                    incoming.write(plain.recv(65536))
                else:
                    plain.sendall(outgoing.read())
                    return done

        do(tls.do_handshake)
        do(lambda: tls.write(b"GET /api/version HTTP/1.1\r\nHost: x\r\n\r\n"))
        try:
            return "answered" if do(lambda: tls.read(65536)) else "closed"
        except ConnectionResetError:
            return "reset"


@pytest.mark.parametrize(("action", "end"), [({"reset": True}, "reset"), ({"close": True}, "closed")])
def test_reset_and_close_differ_on_the_wire(simulator, control, action, end):
    control.fault({"path": "/version", "action": action})
    assert last_word_on_the_wire(simulator) == end


@pytest.mark.parametrize(("when", "accepted"), [("before", 0), ("after", 1)])
def test_another_answer(svt, control, backup, when, accepted):
    control.fault(
        {
            "path": RENAME,
            "when": when,
            "action": {"status": 504, "headers": {"Retry-After": "3"}, "body": "<html>"},
        }
    )
    answer = rename(svt, backup)
    assert (answer.status_code, answer.text, answer.headers["Retry-After"]) == (504, "<html>", "3")
    assert len(control.changes()) == accepted


def test_skip_times_and_counts(svt, control):
    control.fault({"name": "two", "path": "/hosts", "skip": 1, "times": 2, "action": {"status": 503}})
    assert [svt.get("/hosts").status_code for _time in range(5)] == [200, 503, 503, 200, 200]
    (rule,) = control.faults()
    assert (rule["hits"], rule["applied"]) == (5, 2)
    control.clear_faults("two")
    assert control.faults() == []


def test_rules_choose_by_api_method_and_query(svt, cloud, control):
    control.fault(
        {"api": "acronis", "action": {"status": 500}},
        {"method": "POST", "action": {"status": 501}},
        {"path": r"sort=name&limit=1\b", "action": {"status": 502}},
    )
    assert cloud.get("/tasks").status_code == 500
    assert svt.post("/backups/x/rename").status_code == 501
    assert svt.get("/backups", sort="name", limit=1).status_code == 502
    assert svt.get("/backups", sort="name", limit=2).status_code == 200


def test_a_body_that_is_too_short(svt, control):
    control.fault({"path": "/backups", "action": {"truncate": 100}})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        svt.get("/backups")


def test_hang_and_delay(svt, control, backup):
    control.fault({"path": RENAME, "times": 1, "when": "after", "action": {"hang": 30}})
    with pytest.raises(requests.Timeout):
        svt.session.post(
            f"{svt.url}/backups/{backup['id']}/rename",
            json={"backup_name": "renamed"},
            headers={"Content-Type": "application/vnd.simplivity.v1+json"},
            timeout=0.2,
        )
    assert len(control.changes()) == 1
    control.fault({"path": "/hosts", "action": {"delay": 0.2}})
    started = time.monotonic()
    assert svt.get("/hosts").status_code == 200
    assert time.monotonic() - started >= 0.2


def test_other_content(svt, control, backup):
    control.fault(
        {"path": "/datastores", "action": {"replace_json": {"datastores": None}}},
        {
            "path": "/tasks/",
            "action": {"mutate": {"task.state": "ODD", "task.x": 1}, "remove": ["task.error_code"]},
        },
        {"path": "/hosts", "action": {"headers": {"Set-Cookie": "a=b"}}},
        {"path": "/policies", "action": {"status": 200, "body_base64": "eyJhIjoi/yJ9"}},
    )
    assert svt.get("/datastores").json() == {"datastores": None}
    task = svt.task(rename(svt, backup).json()["task"]["id"])
    assert task["state"] == "ODD" and "error_code" not in task and task["x"] == 1
    assert svt.get("/hosts").headers["Set-Cookie"] == "a=b"
    assert b"\xff" in svt.get("/policies").content


def test_bytes_as_they_are(svt, control):
    control.fault(
        {"path": "/hosts", "action": {"raw": "HTTP/1.1 999 Odd\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"}},
        {"path": "/policies", "action": {"raw": "HTTP/1.1 200 OK\r\n\r\nabc", "pause": 0.01}},
        {"path": "/datastores", "action": {"raw": "not HTTP at all\r\n"}},
    )
    assert svt.get("/hosts").status_code == 999
    assert svt.get("/policies").text == "abc"
    with pytest.raises(requests.ConnectionError):
        svt.get("/datastores")


def test_the_real_answer_with_another_status_or_pieces_replaced(svt, control, backup):
    control.fault(
        {"path": RENAME, "times": 1, "action": {"relabel": 201}},
        {"path": "/backups", "action": {"edit": [['"count":', '"count":0'], ["renamed", "\xff"], ["not there", "x"]]}},
    )
    assert rename(svt, backup).status_code == 201
    assert len(control.changes()) == 1
    body = svt.get("/backups", name="renamed").content
    assert b'"count":0' in body and b"renamed" not in body and body.count(b"\xff") == 1


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"action": {}},
        {"action": {"explode": 1}},
        {"path": "(", "action": {"reset": True}},
        {"action": {"status": 99}},
    ],
)
def test_rules_that_make_no_sense_are_refused(control, rule):
    with pytest.raises(Exception, match="400"):
        control.fault(rule)


@pytest.mark.parametrize(("when", "shown"), [("before", "theirs"), ("after", "aborted")])
def test_somebody_else_acts_in_the_middle_of_a_request(svt, control, backup, when, shown):
    doing = {"patch": {backup["id"]: {"name": "theirs"}, "no such backup": {"name": "x"}}, "set": {"task_seconds": 3}}
    control.fault({"path": f"/backups/{backup['id']}$", "when": when, "times": 1, "action": {"meanwhile": doing}})
    assert svt.get(f"/backups/{backup['id']}").json()["backup"]["name"] == shown
    assert control.object("simplivity", "backups", backup["id"])["name"] == "theirs"
    assert control.settings()["simplivity"]["task_seconds"] == 3


def test_somebody_else_deletes_and_ends_sessions(svt, control, backup):
    doing = {"delete": [backup["id"]], "expire": "idle"}
    control.fault({"path": "/version", "times": 1, "action": {"meanwhile": doing}})
    svt.get("/version")
    assert svt.get("/backups").status_code == 401
    assert backup["id"] not in {one["id"] for one in control.objects("simplivity", "backups")}


def test_a_rule_that_another_request_arms(svt, control, backup):
    control.fault({"path": "/backups/", "armed_by": RENAME, "times": 1, "action": {"status": 503}})
    path = f"/backups/{backup['id']}"
    assert svt.get(path).status_code == 200
    assert rename(svt, backup).status_code == 202
    assert [svt.get(path).status_code for _look in range(2)] == [503, 200]
