# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every unit test has: fake time, no network but the script's, a clean environment."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from ansible.module_utils.common import warnings as ansible_warnings
from ansible_collections.safehold.backup.plugins.module_utils._core import clock, schedule
from ansible_collections.safehold.backup.plugins.module_utils._core.client import Runtime
from ansible_collections.safehold.backup.plugins.module_utils._core.requests_import import HTTPAdapter
from ansible_collections.safehold.backup.tests.unit.fake_time import FakeThreading, FakeTime
from ansible_collections.safehold.backup.tests.unit.http_script import Script
from ansible_collections.safehold.backup.tests.unit.module_runner import Ran, assert_no_secret, run_module
from ansible_collections.safehold.backup.tests.unit.samples import SECRETS

LONGEST_SLEEP = 0.05

hypothesis.settings.register_profile("safehold", deadline=None, database=None, print_blob=True, max_examples=60)
hypothesis.settings.load_profile("safehold")


@pytest.fixture(autouse=True)
def fake_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTime]:
    """The engine's clock, moved by sleeping. A sleep that takes its time for real fails the test."""
    fake = FakeTime()
    monkeypatch.setattr(clock.Clock, "monotonic", lambda self: fake.monotonic())
    monkeypatch.setattr(clock.Clock, "wall", lambda self: fake.wall())
    monkeypatch.setattr(clock.Clock, "sleep", lambda self, seconds: fake.sleep(seconds))
    monkeypatch.setattr(schedule, "threading", FakeThreading(fake))
    real_sleep = time.sleep

    def sleep(seconds: float) -> None:
        if seconds > LONGEST_SLEEP:
            fake.real_sleeps.append(seconds)
            raise AssertionError(f"a real sleep of {seconds} s")
        real_sleep(seconds)

    monkeypatch.setattr(time, "sleep", sleep)
    yield fake
    assert not fake.real_sleeps, f"real sleeps: {fake.real_sleeps}"


@pytest.fixture(autouse=True)
def http(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """The calls that the test expects; none unless it says so."""
    script = Script()

    def send(adapter: Any, request: Any, **options: Any) -> Any:
        return script.send(adapter, request, **options)

    monkeypatch.setattr(HTTPAdapter, "send", send)
    yield script
    script.verify()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for name in list(os.environ):
        if name.startswith(("SVT_", "ACRONIS_")) or name.lower().endswith(("_proxy", "_ca_bundle")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _clean_process() -> Iterator[None]:
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)
    for kept in (ansible_warnings._global_warnings, ansible_warnings._global_deprecations):
        kept.clear()


@pytest.fixture
def run(http: Script) -> Callable[..., Ran]:
    """Run a module by its name and check what holds for every run: the calls, one clean line, no secret."""

    def runner(name: str, args: Any, shown: tuple[str, ...] = (), **flags: Any) -> Ran:
        ran = run_module(name, args, **flags)
        http.verify()
        assert_no_secret(ran, [secret for secret in SECRETS if secret not in shown])
        if ran.failed and "failure" in ran.result:
            assert len(ran.msg) <= 1000
            assert ran.msg.isprintable()
            assert ran.failure["requests"] in (len(http.seen), None)
        return ran

    return runner


class Messages:
    """What a Runtime was told to hide and to warn of."""

    def __init__(self) -> None:
        self.masked: list[str] = []
        self.warned: list[str] = []


@pytest.fixture
def messages() -> Messages:
    return Messages()


@pytest.fixture
def runtime(messages: Messages) -> Runtime:
    """The surroundings of the engine without any module."""
    return Runtime(clock.Clock(), messages.masked.append, messages.warned.append)
