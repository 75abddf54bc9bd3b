# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The callback at work: in playbooks, ad hoc, with async, under ansible-runner, on a terminal, and when it is ended."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from integration.modules.harness.runs import Ansible
from integration.modules.harness.ways import both_ways
from integration.progress.watching import MARK, Line, all_ended, run, run_on_terminal, surroundings
from unit.terminal import Terminal

TASK_SECONDS = 5.0
PLAYBOOK = [sys.executable, "-m", "ansible", "playbook"]
HOSTILE = "\x1b[31m\u202e{{ 7*7 }}"
LINE = re.compile(r"progress: \[[^\]]+\] .*")


@pytest.fixture
def backups(ansible: Ansible, tmp_path: Path) -> Iterator[list[str]]:
    """The ids of backups that can be renamed, each of which takes a while."""
    ansible.control.set("simplivity", task_seconds=TASK_SECONDS)
    ansible.control.fill(backups=20)
    yield [one["id"] for one in ansible.control.objects("simplivity", "backups")]
    # a module may outlive an Ansible that was killed, and the next test has the same simulator
    ansible.control.advance(600)
    all_ended(tmp_path)


def rename(id: str, **keywords: Any) -> dict[str, Any]:
    """The task that renames a backup."""
    name = keywords.pop("name", "Rename")
    options = {"id": id, "new_name": f"new {id}", "wait_timeout": 30}
    return {"name": name, "safehold.backup.svt_backup_rename": options, **keywords}


def written(directory: Path, tasks: Sequence[Mapping[str, Any]], hosts: str = "all") -> str:
    """The path of a playbook with these tasks."""
    play = {"name": "Wait", "hosts": hosts, "gather_facts": False, "connection": "local", "tasks": list(tasks)}
    play["vars"] = {"ansible_python_interpreter": sys.executable}
    path = directory / "play.json"
    path.write_text(json.dumps([play]), encoding="utf-8")
    return str(path)


def assert_in_order(lines: Sequence[Line]) -> None:
    """Whole lines, not more than one a second. Two may be read at once by who was held up; the board's own tests know
    the exact second."""
    assert all(LINE.fullmatch(line.text) and line.text.isprintable() for line in lines), lines
    assert len(lines) <= 2 + lines[-1].at - lines[0].at, lines


@pytest.mark.smoke
@pytest.mark.slow
def test_playbook_with_forks_a_loop_and_async(ansible: Ansible, backups: list[str], tmp_path: Path) -> None:
    ansible.control.set("simplivity", task_seconds=3)
    ids = iter(backups)
    each = {host: next(ids) for host in ("web01", "web02", "web03")}
    many = [{"id": next(ids), "new_name": f"bulk {number}"} for number in range(4)]
    slow = {"run_once": True, "async": 60}
    tasks = [
        rename("{{ each[inventory_hostname] }}", name="Each", vars={"each": each}),
        rename("{{ item }}", name="Loop", loop=[next(ids), next(ids)], run_once=True),
        {
            "name": "Bulk",
            "safehold.backup.svt_backup_rename": {"renames": many, "parallel": 2, "wait_timeout": 30},
            **slow,
            "poll": 2,
        },
        rename(next(ids), name="Start", register="started", **slow, poll=0),
        {
            "name": "Follow",
            "ansible.builtin.async_status": {"jid": "{{ started.ansible_job_id }}"},
            "register": "job",
            "until": "job is finished",
            "retries": 30,
            "delay": 2,
            "run_once": True,
        },
    ]
    done = run(ansible, tmp_path, [*PLAYBOOK, "-i", "web01,web02,web03,", written(tmp_path, tasks)])
    assert done.exit_code == 0, done.text
    ansible.scan(done.text, ansible.issued_tokens())
    assert_in_order(done.progress())
    assert done.left_behind() == []

    live = {name: [line.text for line in done.task(name)] for name in ("Each", "Loop", "Bulk", "Start", "Follow")}
    for name in ("Each", "Loop", "Bulk"):
        first = next(n for n, text in enumerate(live[name]) if MARK in text)
        result = next(n for n, text in enumerate(live[name]) if text.startswith("changed"))
        assert first < result, live[name]
    assert all(any(f"[{host}]" in text for text in live["Each"] if MARK in text) for host in each)
    assert any("IN_PROGRESS, " in text and " %" in text for text in live["Loop"])
    assert len({text.partition("(id ")[2][:40] for text in live["Loop"] if MARK in text}) == 2
    bulk = "\n".join(live["Bulk"])
    assert re.search(r"progress: \[web01\] svt_backup_rename: \d of 4 renamed, 2 under way, \d+ %", bulk), bulk
    assert re.search(r"[1-3] of 4 renamed", bulk), bulk
    # what was started without waiting is shown beside the task that asks for it
    assert any(MARK in text and "rename of backup" in text for text in live["Start"] + live["Follow"]), live["Follow"]


@both_ways
@pytest.mark.smoke
@pytest.mark.slow
def test_ad_hoc_with_a_hostile_name_that_holds_the_password(
    ansible: Ansible, backups: list[str], tmp_path: Path
) -> None:
    control, password = ansible.control, ansible.simulator.simplivity["password"]
    control.patch("simplivity", "backups", backups[0], name=f"{HOSTILE}{password}")
    options = json.dumps({"id": backups[0], "new_name": "new"})
    module = ["-m", "safehold.backup.svt_backup_rename", "-a", options]
    before = control.clock()["monotonic"]
    command = [sys.executable, "-m", "ansible", "adhoc", "-i", str(ansible.inventory), "localhost", *module]
    done = run(ansible, tmp_path, command)
    assert done.exit_code == 0, done.text
    assert done.left_behind() == []
    lines = done.progress()
    assert_in_order(lines)
    assert len(lines) >= 2
    what = r"rename of backup '\x1b[31m\u202e{{ 7*7 }}********' (id '" + backups[0] + "') to 'new'"
    assert lines[0].text.startswith(f"progress: [localhost] {what}: IN_PROGRESS, ")
    assert done.lines[0] == lines[0], "a line that came only at the end"
    ansible.scan("\n".join(line.text for line in lines), ansible.issued_tokens())
    looks = control.requests("simplivity", "GET", "/tasks/")
    assert looks and looks[0]["started"] > before


def events(directory: Path) -> list[Mapping[str, Any]]:
    """The job events of ansible-runner, in their order."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in directory.rglob("job_events/*.json")]
    return sorted(found, key=lambda event: event["counter"])


def assert_live_events(ansible: Ansible, directory: Path, host: str) -> None:
    """Progress is in events of its own, from well before the end of the task."""
    found = events(directory)
    shown = [event for event in found if MARK in event["stdout"]]
    assert len(shown) >= 2, [event["event"] for event in found]
    assert {event["event"] for event in shown} == {"verbose"}
    for event in shown:
        assert LINE.fullmatch(event["stdout"]), event["stdout"]
        assert f"[{host}] rename of backup" in event["stdout"]
    (ended,) = [event for event in found if event["event"] == "runner_on_ok"]
    assert shown[0]["counter"] < ended["counter"]
    created = [datetime.fromisoformat(event["created"]) for event in (shown[0], ended)]
    assert (created[1] - created[0]).total_seconds() > TASK_SECONDS / 3
    ansible.scan(json.dumps(found), ansible.issued_tokens())


@pytest.fixture
def private_data(tmp_path: Path, backups: list[str]) -> Iterator[Path]:
    """The directory of a job for ansible-runner."""
    directory = tmp_path / "job"
    (directory / "project").mkdir(parents=True)
    written(directory / "project", [rename(backups[0])], "localhost")
    yield directory
    assert not list(tmp_path.rglob("safehold-progress-*"))


@pytest.mark.smoke
@pytest.mark.slow
def test_runner_shows_it_as_events(ansible: Ansible, private_data: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ansible_runner", "run", str(private_data), "-p", "play.json"]
    done = run(ansible, tmp_path, command)
    assert done.exit_code == 0, done.text
    assert_live_events(ansible, private_data, "localhost")


@pytest.mark.smoke
@pytest.mark.slow
def test_runner_carries_it_from_worker_to_process(ansible: Ansible, private_data: Path, tmp_path: Path) -> None:
    runner = [sys.executable, "-m", "ansible_runner"]
    env = surroundings(ansible, tmp_path)
    worker, processed = tmp_path / "worker", tmp_path / "processed"
    commands = (
        [*runner, "transmit", str(private_data), "-p", "play.json"],
        [*runner, "worker", "--private-data-dir", str(worker)],
        [*runner, "process", str(processed)],
    )
    data = b""
    for command in commands:
        done = subprocess.run(command, env=env, cwd=tmp_path, input=data, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr.decode()
        data = done.stdout
    assert MARK in data.decode()
    assert_live_events(ansible, processed, "localhost")


@pytest.mark.smoke
@pytest.mark.slow
def test_terminal_shows_a_bar_that_vanishes_also_with_ctrl_c(
    ansible: Ansible, backups: list[str], tmp_path: Path
) -> None:
    for id, name in zip(backups, ("one", "two"), strict=False):
        ansible.control.patch("simplivity", "backups", id, name=name)
    tasks = [rename(backups[0], name="First"), rename(backups[1], name="Second")]
    command = [*PLAYBOOK, "-i", "localhost,", written(tmp_path, tasks)]
    code, came = run_on_terminal(ansible, tmp_path, command, interrupt_at="rename of backup 'two'")
    text = "".join(text for _at, text in came)
    assert code == 99, text
    ansible.scan(text, ansible.issued_tokens())
    assert not list(tmp_path.rglob("safehold-progress-*"))
    drawn = [(at, text) for at, text in came if "rename of backup" in text]
    assert len(drawn) >= 3
    assert re.search(r"\[localhost\] rename of backup .*  ━+─+  \d+ %  ", drawn[1][1])
    assert MARK not in text
    # nothing of it is left, and no line is broken
    shown = Terminal(text.replace("\r\n", "\n\r")).text.replace("^C", "")
    lines = [line.rstrip("* ") for line in shown.splitlines() if line.strip()]
    assert lines[:4] == ["PLAY [Wait]", "TASK [First]", "changed: [localhost]", "TASK [Second]"]
    assert len(lines) == 5 and "interrupted" in lines[4]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_killed_leaves_nothing(
    ansible: Ansible, backups: list[str], tmp_path: Path, number: signal.Signals
) -> None:
    there: list[Path] = []

    def kill(process: subprocess.Popen[bytes], line: str) -> None:
        if MARK in line and not there:
            there.extend(tmp_path.rglob("safehold-progress-*"))
            process.send_signal(number)

    command = [*PLAYBOOK, "-i", "localhost,", written(tmp_path, [rename(backups[0])])]
    done = run(ansible, tmp_path, command, at_line=kill)
    assert done.exit_code == -number
    assert len(there) == 1
    assert done.left_behind() == []
