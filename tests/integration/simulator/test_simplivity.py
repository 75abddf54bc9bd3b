# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SimpliVity side behaves as simplivity.md says; each test names the place where it matters."""

from __future__ import annotations

import pytest

OFFSITE = "offsite-2016-03-16"
BOSTON = "0bf3988b-b684-4002-a04d-55bb8831b8c4"


def names(backups):
    return [backup["name"] for backup in backups]


# --- sessions (1) ---


def test_version_needs_no_login_and_tells_sva_from_mva(svt, control):
    svt.session.headers.pop("Authorization")
    assert set(svt.get("/version").json()) == {"REST_API_Version", "SVTFS_Version"}
    control.set("simplivity", mode="mva")
    assert set(svt.get("/version").json()) == {"REST_API_Version"}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(601, "Access token expired due to inactivity: "), (None, "Access token expired: ")],
)
def test_tokens_die_of_idleness_and_of_age(svt, control, seconds, words):
    token = svt.session.headers["Authorization"].split()[1]
    if seconds is None:
        control.set("simplivity", token_idle_seconds=100_000)
    control.advance(seconds or 86_401)
    answer = svt.get("/backups")
    assert answer.status_code == 401
    assert answer.json() == {"error": "invalid_token", "message": words + token}


def test_use_keeps_a_token_alive(svt, control):
    for _time in range(3):
        control.advance(500)
        assert svt.get("/backups", limit=1).status_code == 200


@pytest.mark.parametrize(("kind", "status"), [("idle", 401), ("age", 401), ("unknown", 401)])
def test_control_ends_sessions(svt, control, kind, status):
    assert control.expire_tokens("simplivity", kind) == 1
    assert svt.get("/backups").status_code == status
    assert control.state()["simplivity"]["open_sessions"] == 0


@pytest.mark.parametrize("method", ["get", "post"])
def test_revoke_ends_the_session_without_a_word(svt, control, method):
    answer = getattr(svt.session, method)(svt.url + "/oauth/revoke")
    assert (answer.status_code, answer.content) == (200, b"")
    assert svt.get("/backups").json()["message"] == "Unauthorized"
    state = control.state()["simplivity"]
    assert (state["open_sessions"], state["logins"], state["revokes"]) == (0, 1, 1)


def test_emergency_session_only_reads_and_never_filters(svt, control):
    svt.login(grant_type="emergency", username="svtcli")
    assert svt.get("/backups").status_code == 200
    assert svt.get("/backups", type="MANUAL").status_code == 400
    assert svt.get("/policies").json()["exception"].endswith("PermissionDeniedException")
    control.set("simplivity", mode="mva")
    assert svt.post_login(grant_type="emergency", username="svtcli").status_code == 400


# --- the five shapes of errors (4.2) ---


def test_five_shapes_of_errors(svt, control):
    service = svt.post("/backups/badid/rename", {"backup_name": "x"})
    assert service.status_code == 404 and service.json()["status"] == "404"
    assert service.json()["message"] == "Object type: backup id: badid could not be found"
    assert isinstance(service.json()["timestamp"], int)
    login = svt.post_login(password="wrong")
    assert login.status_code == 400
    assert login.json() == {"error": "invalid_grant", "error_description": "Invalid credentials"}
    garbage = svt.session.get(svt.url + "/backups", headers={"Authorization": "Bearer nonsense"})
    assert garbage.json()["status"] == 401 and garbage.json()["path"] == "/api/backups"
    control.fault({"path": "/backups", "times": 1, "action": {"status": 502, "body": "<html>Bad Gateway</html>"}})
    assert svt.get("/backups").headers["content-type"] == "text/html"
    control.expire_tokens("simplivity")
    assert set(svt.get("/backups").json()) == {"error", "message"}


@pytest.mark.parametrize(
    ("operation", "content_type", "status"),
    [
        ("rename", None, 415),
        ("rename", "application/json", 415),
        ("rename", "application/vnd.simplivity.v1+json", 202),
        ("rename", "application/vnd.simplivity.v1.25+json; charset=utf-8", 202),
        ("rename", "application/vnd.simplivity.v1.26+json", 415),
        ("lock", "application/vnd.simplivity.v1+json", 415),
        ("lock", "application/vnd.simplivity.v1.1+json", 202),
    ],
)
def test_content_type_is_checked_per_operation(svt, operation, content_type, status):
    backup = svt.backups(name="aborted")[0]
    url = f"{svt.url}/backups/{backup['id']}/{operation}"
    headers = {"Content-Type": content_type} if content_type else {}
    answer = svt.session.post(url, data=b'{"backup_name": "x"}', headers=headers)
    assert answer.status_code == status
    if status == 415:
        assert answer.json()["timestamp"].endswith("Z") and answer.json()["status"] == "415"


def test_too_many_requests_at_once_meet_a_page_of_html(svt, control):
    from concurrent.futures import ThreadPoolExecutor

    control.set("simplivity", max_parallel=2, latency=0.3)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _time: svt.get("/backups", limit=1), range(6)))
    assert sorted({answer.status_code for answer in answers}) == [200, 502]
    assert sum(answer.status_code == 200 for answer in answers) == 2
    assert all("<html>" in answer.text for answer in answers if answer.status_code == 502)
    assert max(entry["concurrent"] for entry in control.ledger()) == 6


# --- lists (2.0, 2.1) ---


def test_count_is_all_matches_and_pages_do_not_overlap(svt):
    seen = []
    for offset in range(0, 21, 4):
        page = svt.get("/backups", limit=4, offset=offset, sort="created_at", order="ascending").json()
        assert page["count"] == 21
        seen += [backup["id"] for backup in page["backups"]]
    assert len(seen) == len(set(seen)) == 21


def test_backup_names_sort_without_case_and_descending_by_default(svt):
    ascending = names(svt.backups(sort="name", order="ascending"))
    assert ascending == sorted(ascending, key=str.casefold)
    assert ascending.index("Before upgrade") > ascending.index("aborted")
    folded = [name.casefold() for name in names(svt.backups())]
    assert folded == sorted(folded, reverse=True)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"name": "nightly*full"}, {"nightly*full", "nightly-extra-full"}),
        ({"name": "BEFORE*"}, set()),
        ({"name": "BEFORE*", "case": "insensitive"}, {"Before upgrade", "before upgrade, phase 1"}),
        ({"virtual_machine_name": "web*"}, set()),
        ({"virtual_machine_name": "Büro-Server 東京", "type": "MANUAL"}, {"Sicherung №1 für Büro"}),
        ({"external_store_name": "Store*"}, {OFFSITE}),
        ({"size_min": 700_000_000}, {"nightly-extra-full"}),
        ({"application_consistent": "true"}, {"Before upgrade"}),
        ({"state": "failed", "case": "insensitive"}, set()),
        ({"state": "FAILED"}, {"aborted"}),
        ({"created_after": "2016-03-17T00:00:00Z", "type": "MANUAL"}, {"Sicherung №1 für Büro"}),
        ({"created_after": "2016-03-17T02:00:00+02:00", "type": "MANUAL"}, {"Sicherung №1 für Büro"}),
    ],
)
def test_filters(svt, params, expected):
    assert set(names(svt.backups(**params))) == expected


def test_sva_refuses_comma_lists_and_shows_external_backups_of_a_cluster(svt, control):
    assert svt.get("/backups", state="FAILED,PROTECTED").json()["exception"].endswith("InvalidParameterException")
    assert OFFSITE in names(svt.backups(omnistack_cluster_id=BOSTON))
    control.set("simplivity", mode="mva")
    assert len(svt.backups(state="FAILED,DEGRADED")) == 2
    assert svt.backups(name="before upgrade, phase 1") == []
    assert OFFSITE not in names(svt.backups(omnistack_cluster_id=BOSTON))


@pytest.mark.parametrize(
    ("params", "exception"),
    [
        ({"limit": 5001}, "InvalidSortCriteriaException"),
        ({"limit": 0}, "InvalidSortCriteriaException"),
        ({"sort": "colour"}, "InvalidSortCriteriaException"),
        ({"order": "up"}, "InvalidSortCriteriaException"),
        ({"limit": "many"}, "TypeMismatchException"),
        ({"application_consistent": "perhaps"}, "TypeMismatchException"),
        ({"created_after": "yesterday"}, "InvalidParameterException"),
        ({"show_optional_fields": "true"}, "InvalidParameterException"),
        ({"hypervisor_type": "VSPHERE"}, "InvalidParameterException"),
    ],
)
def test_bad_parameters(svt, params, exception):
    answer = svt.get("/backups", **params)
    assert answer.status_code == 400
    assert answer.json()["exception"] == f"com.simplivity.restapi.exceptions.{exception}"


def test_unknown_parameters_can_be_ignored(svt, control):
    control.set("simplivity", strict_params=False)
    assert len(svt.backups(hypervisor_type="VSPHERE")) == 21


def test_older_servers_lack_newer_fields_and_filters(svt, control):
    control.set("simplivity", api_version="1.11")
    assert "backup_store_type" not in svt.backups(limit=1)[0]
    assert svt.get("/backups", external_store_name="x").status_code == 400


def test_optional_fields_only_on_request_and_removed_machines_only_by_state(svt):
    shown = svt.get("/virtual_machines").json()["virtual_machines"]
    assert len(shown) == 4 and "ha_status" not in shown[0]
    every = svt.get("/virtual_machines", state="ALIVE,REMOVED", show_optional_fields="true").json()
    assert every["count"] == 5 and "ha_status" in every["virtual_machines"][0]
    assert "ha_status" in svt.get(f"/virtual_machines/{shown[0]['id']}").json()["virtual_machine"]


# --- tasks (3) ---


@pytest.mark.parametrize(("version", "key"), [("1.11", "message"), ("1.12", "error_message")])
def test_the_key_of_the_error_text_depends_on_the_version(svt, control, version, key):
    control.set("simplivity", api_version=version, task_seconds=0)
    web = svt.backups(virtual_machine_name="web01", name="Before upgrade")[0]
    task = svt.rename(web["id"], "aborted")
    assert (task["state"], task["error_code"], task[key]) == ("FAILED", 13, "Duplicate name exists.")
    assert names(svt.backups(id=web["id"])) == ["Before upgrade"]


def test_duplicate_names_can_be_refused_at_once_and_other_machines_do_not_matter(svt, control):
    control.set("simplivity", duplicate_name="400", task_seconds=0)
    web = svt.backups(virtual_machine_name="web01", name="Before upgrade")[0]
    answer = svt.post(f"/backups/{web['id']}/rename", {"backup_name": "aborted"})
    assert answer.status_code == 400 and answer.json()["error_code"] == "13"
    assert svt.rename(web["id"], "nightly-extra-full")["state"] == "COMPLETED"
    assert [change["new_name"] for change in control.changes()] == ["nightly-extra-full"]


def test_rename_takes_effect_by_the_clock_not_by_polls(svt, control):
    backup = svt.backups(name="aborted")[0]
    task = svt.rename(backup["id"], "later")
    for _time in range(5):
        assert svt.task(task["id"])["state"] == "IN_PROGRESS"
    assert names(svt.backups(id=backup["id"])) == ["aborted"]
    control.advance(1)
    assert names(svt.backups(id=backup["id"])) == ["later"]


def test_tasks_can_lie_hide_and_be_forgotten(svt, control):
    backup = svt.backups(name="aborted")[0]
    control.set("simplivity", task_applies=False)
    lying = svt.rename(backup["id"], "never")
    control.advance(1)
    assert svt.task(lying["id"])["state"] == "COMPLETED"
    assert names(svt.backups(id=backup["id"])) == ["aborted"]
    control.set("simplivity", task_applies=None, apply_delay=2, task_visible_after=0.5, task_forgotten_after=5)
    hidden = svt.rename(backup["id"], "late")
    assert svt.get(f"/tasks/{hidden['id']}").status_code == 404
    control.advance(1.5)
    assert svt.task(hidden["id"])["state"] == "COMPLETED"
    assert names(svt.backups(id=backup["id"])) == ["aborted"]
    control.advance(2)
    assert names(svt.backups(id=backup["id"])) == ["late"]
    control.advance(5)
    assert svt.get(f"/tasks/{hidden['id']}").status_code == 404


def test_a_task_can_be_given_any_state(svt, control):
    control.set("simplivity", task_seconds=None)
    task = svt.rename(svt.backups(name="aborted")[0]["id"], "x")
    control.advance(10_000)
    control.patch("simplivity", "tasks", task["id"], state="SUSPENDED", percent_complete=-5)
    control.expire_tokens("simplivity", "unknown")
    svt.login()
    assert (svt.task(task["id"])["state"], svt.task(task["id"])["percent_complete"]) == ("SUSPENDED", -5)


def test_lock_retention_and_delete(svt, control):
    control.set("simplivity", task_seconds=0)
    nightly = svt.backups(virtual_machine_name="web01", type="POLICY")
    ids = [backup["id"] for backup in nightly]
    assert svt.post(f"/backups/{ids[0]}/lock", content_type="application/vnd.simplivity.v1.1+json").status_code == 202
    assert svt.backups(id=ids[0])[0]["expiration_time"] == "NA"
    kept = svt.post("/backups/set_retention", {"backup_id": ids[:2], "retention": 60})
    assert kept.status_code == 200 and kept.json()["count"] == 2
    assert svt.post("/backups/set_retention", {"backup_id": ids[:2], "retention": 0}).status_code == 202
    assert svt.post("/backups/delete", {"backup_id": ids[1:3]}).json()["task"]["state"] == "COMPLETED"
    assert svt.session.delete(f"{svt.url}/backups/{ids[3]}").status_code == 202
    assert [backup["id"] for backup in svt.backups(virtual_machine_name="web01", type="POLICY")] == ids[:1]


def test_a_read_only_account_reads(svt, control):
    control.set("simplivity", read_only=True)
    backup = svt.backups(limit=1)[0]
    refused = svt.post(f"/backups/{backup['id']}/rename", {"backup_name": "x"})
    assert refused.status_code == 400 and "PermissionDenied" in refused.json()["exception"]
    assert control.changes() == []
