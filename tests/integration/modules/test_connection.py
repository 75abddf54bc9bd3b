# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a play says where the back ends are and whom to trust, and the ways in which that does not work."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration.modules.harness.runs import COLLECTION, Ansible, Case
from simulator.process import Simulator

GUIDES_BACKUP = "f6d5980c-478c-4292-aabf-67da627dbc57"
SVT = {
    "host": "{{ svt_host }}",
    "port": "{{ svt_port }}",
    "username": "{{ svt_username }}",
    "password": "{{ svt_password }}",
    "ca_path": "{{ simulator_ca_path }}",
}
ACRONIS = {
    "datacenter_url": "{{ acronis_datacenter_url }}",
    "client_id": "{{ acronis_client_id }}",
    "client_secret": "{{ acronis_client_secret }}",
    "ca_path": "{{ simulator_ca_path }}",
}
NO_CA = {"SVT_CA_PATH": "", "ACRONIS_CA_PATH": ""}


@pytest.fixture
def other_ca(tmp_path: Path) -> Path:
    """A CA of somebody else."""
    trusted = ssl.create_default_context().get_ca_certs(binary_form=True)[0]
    path = tmp_path / "other.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(trusted), encoding="ascii")
    return path


def test_options(ansible: Ansible) -> None:
    """The connection in the task, with nothing in the environment."""
    run = ansible.play(
        {"svt": Case("svt_backup_info", SVT), "acronis": Case("acronis_task_info", ACRONIS)}, connection=False
    )
    assert run["svt"].succeeded()["count"] == 21
    assert run["acronis"].succeeded()["count"] == 25


@pytest.mark.smoke
def test_module_defaults(ansible: Ansible) -> None:
    """The connection once for all modules of a group."""
    defaults = {f"group/{COLLECTION}.simplivity": SVT, f"group/{COLLECTION}.acronis": ACRONIS}
    cases = {
        "svt_backup_info": Case("svt_backup_info"),
        "svt_backup_rename": Case("svt_backup_rename", {"id": GUIDES_BACKUP, "new_name": "x"}, register="renamed"),
        "svt_task_info": Case("svt_task_info", {"id": "{{ renamed.task.id }}"}),
        "svt_host_info": Case("svt_host_info"),
        "svt_datastore_info": Case("svt_datastore_info"),
        "svt_virtual_machine_info": Case("svt_virtual_machine_info"),
        "svt_token": Case("svt_token", no_log=True),
        "acronis_task_info": Case("acronis_task_info"),
        "acronis_activity_info": Case("acronis_activity_info"),
        "acronis_resource_info": Case("acronis_resource_info"),
        "acronis_token": Case("acronis_token", no_log=True),
    }
    run = ansible.play(cases, connection=False, defaults=defaults)
    failed = {name: done.result.get("msg") for name, done in run.items() if done.failed}
    assert not failed


def test_nothing_given(ansible: Ansible) -> None:
    alone = {"SVT_HOST": "svt.example.com", "ACRONIS_DATACENTER_URL": "https://eu2-cloud.acronis.com"}
    run = ansible.play({"svt": Case("svt_backup_info"), "acronis": Case("acronis_task_info")}, connection=False)
    run["svt"].refused("host")
    run["acronis"].refused("datacenter_url")
    run = ansible.play(
        {
            "no credentials": Case("svt_backup_info"),
            "no password": Case("svt_backup_info", {"username": "me"}),
            "no client": Case("acronis_task_info"),
            "no client_secret": Case("acronis_task_info", {"client_id": "me"}),
        },
        connection=False,
        environment=alone,
    )
    run["no credentials"].refused("username", "SVT_USERNAME", "access_token")
    run["no password"].refused("password", "SVT_PASSWORD")
    run["no client"].refused("client_id", "ACRONIS_CLIENT_ID", "access_token")
    run["no client_secret"].refused("client_secret", "ACRONIS_CLIENT_SECRET")


def test_environment_is_checked_as_well(ansible: Ansible) -> None:
    run = ansible.play({"svt": Case("svt_backup_info")}, environment={"SVT_PORT": "https"})
    run["svt"].refused("port (from SVT_PORT)", "'https' is not a whole number")
    run = ansible.play({"svt": Case("svt_backup_info")}, environment={**NO_CA, "SVT_VALIDATE_CERTS": "false"})
    assert run["svt"].succeeded()["count"] == 21


def test_whom_to_trust(ansible: Ansible, other_ca: Path) -> None:
    """A9, A16, A17, C10: the CA of the task and nothing else, and no way around it but the one option."""
    ours, theirs = {"ca_path": ansible.simulator.ca_path}, {"ca_path": str(other_ca)}
    rename = {"id": GUIDES_BACKUP, "new_name": "x"}
    run = ansible.play(
        {
            "our CA": Case("svt_backup_info", ours),
            "another CA": Case("svt_backup_info", theirs),
            "another CA, write": Case("svt_backup_rename", {**theirs, **rename}),
            "another CA, acronis": Case("acronis_task_info", theirs),
            "no CA": Case("svt_backup_info"),
            "empty CA": Case("svt_backup_info", {"ca_path": ""}),
            "not checked": Case("svt_backup_info", {"validate_certs": False}),
            "not checked, acronis": Case("acronis_task_info", {"validate_certs": False, **theirs}),
        },
        environment=NO_CA,
    )
    assert run["our CA"].succeeded() and not run["our CA"].warnings
    for name in ("another CA", "another CA, write", "another CA, acronis", "no CA", "empty CA"):
        run[name].failed_as("tls", "ca_path", submitted=False, http_status=None)
        assert not run[name].ledger, name
    for name in ("not checked", "not checked, acronis"):
        assert run[name].succeeded()
        assert run[name].warnings.count("the server's certificate is not checked") == 1
        assert "InsecureRequestWarning" not in run.output


def test_certificate_variables_of_requests(ansible: Ansible, other_ca: Path) -> None:
    """REQUESTS_CA_BUNDLE is the CA file when none is given, and never more than that."""
    ours = ansible.simulator.ca_path
    run = ansible.play({"by bundle": Case("svt_backup_info")}, environment={**NO_CA, "REQUESTS_CA_BUNDLE": ours})
    assert run["by bundle"].succeeded()
    run = ansible.play(
        {"pinned": Case("svt_backup_info", {"ca_path": ours})}, environment={"REQUESTS_CA_BUNDLE": str(other_ca)}
    )
    assert run["pinned"].succeeded()
    run = ansible.play(
        {"pinned": Case("svt_backup_info", {"ca_path": str(other_ca)})}, environment={"REQUESTS_CA_BUNDLE": ours}
    )
    run["pinned"].failed_as("tls", "ca_path")


@pytest.fixture
def netrc(ansible: Ansible) -> Iterator[None]:
    home = ansible.directory / "home"
    home.mkdir(exist_ok=True)
    file = home / ".netrc"
    file.write_text("machine 127.0.0.1 login somebody password else\n", encoding="ascii")
    file.chmod(0o600)
    yield
    file.unlink()


@pytest.mark.usefixtures("netrc")
def test_netrc_is_not_read(ansible: Ansible) -> None:
    """C7: it would replace the token without a word."""
    run = ansible.play({"svt": Case("svt_backup_info"), "acronis": Case("acronis_task_info")})
    assert run["svt"].succeeded() and run["acronis"].succeeded()


def test_a_certificate_of_another_host(ansible: Ansible) -> None:
    """A10."""
    with Simulator("--certificate-name", "elsewhere.example.com") as elsewhere:
        place = {"port": elsewhere.simplivity["port"], "ca_path": elsewhere.ca_path}
        run = ansible.play({"name": Case("svt_backup_info", place)})
        run["name"].failed_as("tls", "127.0.0.1")
        assert not elsewhere.control.ledger()


def test_out_of_reach(ansible: Ansible) -> None:
    """A1, A2, A13, C8: each says what it is, and a proxy is not left out."""
    control_port = int(ansible.simulator.announcement["control_url"].rpartition(":")[2])
    run = ansible.play(
        {
            "refused": Case("svt_backup_info", {"port": 1, "request_timeout": 20}),
            "no such name": Case("svt_backup_info", {"host": "svt.invalid", "request_timeout": 20}),
            "no TLS there": Case("svt_backup_info", {"port": control_port, "request_timeout": 20}),
            "acronis refused": Case(
                "acronis_task_info", {"datacenter_url": "https://127.0.0.1:1", "request_timeout": 20}
            ),
        }
    )
    run["refused"].failed_as("connect", "127.0.0.1:1", submitted=False)
    run["no such name"].failed_as("connect", "svt.invalid", submitted=False)
    run["acronis refused"].failed_as("connect", "127.0.0.1:1")
    assert run["no TLS there"]["failure"]["kind"] in ("tls", "connect")
    for name in ("refused", "no TLS there", "acronis refused"):
        assert run[name]["failure"]["elapsed"] < 20, name
    proxied = {"HTTPS_PROXY": "http://127.0.0.1:1"}
    options = {"request_timeout": 20}
    run = ansible.play({"proxy": Case("svt_backup_info", options)}, environment=proxied)
    run["proxy"].failed_as("connect", "proxy")
    run = ansible.play({"no proxy": Case("svt_backup_info", options)}, environment={**proxied, "NO_PROXY": "127.0.0.1"})
    assert run["no proxy"].succeeded()


@pytest.mark.smoke
def test_adhoc(ansible: Ansible) -> None:
    """The same modules from the command line; a failure ends with an exit code and shows no secret."""
    code, result, _output = ansible.adhoc("svt_backup_info", {"type": "MANUAL", "fields": ["name"]})
    assert (code, result["count"]) == (0, 8)
    code, result, _output = ansible.adhoc(
        "svt_backup_rename", {"id": GUIDES_BACKUP, "new_name": "x"}, "--check", "--diff"
    )
    assert (code, result["changed"], result["backup"]["name"]) == (0, True, "x")
    assert not ansible.control.changes()
    secrets = ansible.directory / "secrets.json"
    secrets.write_text(json.dumps(ansible.secrets), encoding="utf-8")
    ansible.control.set("simplivity", password="another")
    code, result, output = ansible.adhoc("svt_backup_info", SVT, "-e", f"@{secrets}", "-vvv", connection=False)
    assert code == 2 and result["failure"]["kind"] == "auth"
    assert "check username and password" in output
    code, result, _output = ansible.adhoc("acronis_task_info", {"category": "office365", "limit": 2})
    assert (code, result["truncated"]) == (0, True)


def test_check_and_diff_of_the_command_line(ansible: Ansible, tmp_path: Path) -> None:
    """`ansible-playbook --check --diff` shows what would be changed, and changes nothing."""
    task: dict[str, Any] = {"name": "Rename", f"{COLLECTION}.svt_backup_rename": {"id": GUIDES_BACKUP, "new_name": "x"}}
    play = {"name": "Plan", "hosts": "localhost", "gather_facts": False, "tasks": [task]}
    playbook = tmp_path / "plan.json"
    playbook.write_text(json.dumps([play]), encoding="utf-8")
    done = ansible.command(["playbook", "--check", "--diff", str(playbook)])
    assert done.returncode == 0, done.stdout
    assert "changed=1" in done.stdout
    assert [line for line in done.stdout.splitlines() if line.startswith("-") and "vm32_A_6-backup" in line]
    assert [line for line in done.stdout.splitlines() if line.startswith("+") and '"x"' in line], done.stdout
    assert not ansible.control.changes()
    assert all(one["method"] == "GET" or one["path"] == "/api/oauth/token" for one in ansible.control.ledger())
