# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The callback: which tasks get a file, what shows them, and that nothing it does can harm a play.

Ansible's own side is made up here: once it is loaded, modules that run in the same process take themselves for a part
of it. The real one is met in tests/integration/progress.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from ansible_collections.safehold.backup.plugins.module_utils._core.progress_file import VARIABLE
from ansible_collections.safehold.backup.plugins.plugin_utils._progress_screens import Lines, Rows

OPTIONS: dict[str, Any] = {"style": "auto", "interval": 5.0, "heartbeat": 60.0, "stream": "stdout"}


CALLBACK = "ansible_collections.safehold.backup.plugins.callback.progress"


class CallbackBase:
    disabled = False

    def __init__(self) -> None:
        self._display = SimpleNamespace(v=lambda text: None)


class Tty(io.StringIO):
    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


class Host:
    def __init__(self, name: str) -> None:
        self.name = name

    def get_name(self) -> str:
        return self.name


@pytest.fixture
def callback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    for name in ("CI", "AWX_ISOLATED_DATA_DIR", VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    parts = {
        "constants": {"DEFAULT_LOCAL_TMP": str(tmp_path), "COLOR_SKIP": "cyan"},
        "plugins": {},
        "plugins.callback": {"CallbackBase": CallbackBase},
        "utils": {},
        "utils.color": {"stringc": lambda text, color: text},
    }
    for name, content in parts.items():
        module = ModuleType(f"ansible.{name}")
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, f"ansible.{name}", module)
    monkeypatch.delitem(sys.modules, CALLBACK, raising=False)
    loaded = importlib.import_module(CALLBACK)
    monkeypatch.delitem(sys.modules, CALLBACK)
    made = loaded.CallbackModule()
    made.constants = loaded.constants
    options = dict(OPTIONS)
    made.get_option = options.__getitem__
    made.options = options
    yield made
    if made._session is not None:
        made._session.close()
    os.environ.pop(VARIABLE, None)


def task(action: str = "safehold.backup.svt_task_info", uuid: str = "u1", **fields: Any) -> Any:
    return SimpleNamespace(action=action, _uuid=uuid, **{"async_val": 0, "poll": 15, **fields})


def result(host: Host, task: Any) -> Any:
    return SimpleNamespace(_host=host, _task=task)


A, B = Host("a"), Host("b")


def test_each_task_on_each_host_has_a_file_until_it_ends(callback: Any, tmp_path: Path) -> None:
    paths = []
    for host in (A, B):
        callback.v2_runner_on_start(host, task())
        paths.append(Path(os.environ[VARIABLE]))
    assert len(set(paths)) == 2 and all(path.exists() for path in paths)
    callback.v2_runner_on_ok(result(A, task()))
    callback.v2_runner_on_failed(SimpleNamespace(host=B, task=task()))  # as ansible-core 2.19 and newer have it
    assert not any(path.exists() for path in paths)
    callback.v2_playbook_on_stats(None)
    assert not list(tmp_path.iterdir())
    assert VARIABLE not in os.environ


@pytest.mark.parametrize("action", ["ansible.builtin.debug", "debug", "{{ action }}", "community.other.something"])
def test_other_tasks_cost_nothing(callback: Any, tmp_path: Path, action: str) -> None:
    callback.v2_runner_on_start(A, task(action))
    callback.v2_runner_on_ok(result(A, task(action)))
    callback.v2_playbook_on_stats(None)
    assert VARIABLE not in os.environ
    assert not list(tmp_path.iterdir())


def test_a_short_name_is_ours_too(callback: Any) -> None:
    callback.v2_runner_on_start(A, task("svt_task_info"))
    assert os.environ[VARIABLE]


def test_a_task_that_nobody_waits_for_is_followed_to_the_end_of_the_play(callback: Any, tmp_path: Path) -> None:
    started = task(async_val=60, poll=0)
    callback.v2_runner_on_start(A, started)
    path = Path(os.environ[VARIABLE])
    callback.v2_runner_on_ok(result(A, started))
    assert path.exists()
    callback.v2_playbook_on_stats(None)
    assert not list(tmp_path.iterdir())


def test_the_files_name_of_an_outer_run_is_given_back(callback: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/outer")
    callback.v2_runner_on_start(A, task())
    assert os.environ[VARIABLE] != "/outer"
    callback.v2_playbook_on_stats(None)
    assert os.environ[VARIABLE] == "/outer"


def test_nothing_is_shown_while_a_play_pauses(callback: Any) -> None:
    callback.v2_runner_on_start(A, task())
    callback.v2_runner_on_start(A, task("ansible.builtin.pause", "u2"))
    assert callback._session._hushed
    callback.v2_runner_on_ok(result(A, task("ansible.builtin.pause", "u2")))
    assert not callback._session._hushed


@pytest.mark.parametrize("fault", ["directory", "task", "result"])
def test_what_goes_wrong_stays_here(callback: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str) -> None:
    if fault == "directory":
        monkeypatch.setattr(callback.constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "none"))
        callback.v2_runner_on_start(A, task())
    elif fault == "task":
        callback.v2_runner_on_start(A, SimpleNamespace(action=None))
    else:
        callback.v2_runner_on_ok(object())
    assert callback.disabled


@pytest.mark.parametrize(
    ("options", "environment", "terminal", "rows"),
    [
        ({}, {}, True, True),
        ({}, {}, False, False),
        ({}, {"CI": "true"}, True, False),
        ({}, {"TERM": "dumb"}, True, False),
        ({}, {"TERM": ""}, True, False),
        ({}, {"AWX_ISOLATED_DATA_DIR": "/x"}, True, False),
        ({"style": "bar"}, {"CI": "true", "TERM": "dumb"}, True, True),
        ({"style": "bar"}, {"AWX_ISOLATED_DATA_DIR": "/x"}, True, False),
        ({"style": "bar"}, {}, False, False),
        ({"style": "lines"}, {}, True, False),
        ({"stream": "stderr"}, {}, True, False),
    ],
)
def test_a_bar_needs_a_terminal(
    callback: Any, monkeypatch: pytest.MonkeyPatch, options: Any, environment: Any, terminal: bool, rows: bool
) -> None:
    callback.options.update(options)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", Tty() if terminal else io.StringIO())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(callback._screen(), Rows if rows else Lines)


def test_an_interval_below_a_second_is_told(callback: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(callback, "_display", SimpleNamespace(warning=said.append))
    callback.options["interval"] = 0.2
    callback.v2_runner_on_start(A, task())
    assert said == [
        "safehold.backup.progress: interval: is 0.2, and at least 1 second lies between two lines; give a larger one"
    ]
