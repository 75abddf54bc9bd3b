# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module in this process, against real sockets, watched from outside: a run that hangs fails its test."""

from __future__ import annotations

import gc
import json
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from integration.modules.harness.ways import BOTH
from unit.module_runner import Ran, run_module

from . import figures
from .scanner import assert_nothing_leaked
from .virtual_time import Time

if BOTH:  # or else this process has to be none of Ansible's
    from . import in_controller

GRACE = 2.0  # seconds that a run may take beyond its limit (reliability.md 4)
MOST_STALLED = 10.0  # real seconds that a machine may stand still meanwhile, and are not the module's
HANGS = 240.0  # real seconds after which a run in a time of its own counts as hanging


@dataclass(frozen=True)
class Seen:
    """What the user sees of a run. seconds: how long it took, in its own time if it had one."""

    ran: Ran
    seconds: float

    @property
    def failed(self) -> bool:
        return self.ran.failed

    @property
    def result(self) -> dict[str, Any]:
        return self.ran.result

    @property
    def kind(self) -> str | None:
        """The kind of the failure; None when the run went well."""
        return self.ran.failure["kind"] if self.ran.failed else None


def run(
    module: str,
    options: Mapping[str, Any],
    *,
    secrets: Sequence[str] = (),
    limit: float = 60.0,
    within: Time | None = None,
    here: bool = False,
    **flags: Any,
) -> Seen:
    """Run a module and assert what holds for every run: it ends in time, in one clean line, without a secret.

    secrets: what must not come out. limit: seconds that the run may take, its options considered; two more are
    granted. within: the time that they are seconds of, if it is not the real one. here: in this process whichever way
    modules go, for a test that looks into it. flags: check_mode, diff, no_log.
    """
    now = (lambda: within.now) if within else time.monotonic
    began, stalls = now(), _Stalls()
    # what other tests left behind must not be tidied up in the middle of a run, least of all at its deepest (E9)
    gc.disable()
    try:
        with stalls, _watched(HANGS if within else limit + GRACE + MOST_STALLED):
            if BOTH and not here:
                ran = in_controller.run_module(module, options, within, **flags)
            else:
                ran = run_module(module, options, **flags)
    finally:
        gc.enable()
    seconds = now() - began - (0.0 if within else min(stalls.seconds, MOST_STALLED))
    figures.record("hangs", runs=1, past_limit=int(seconds > limit + GRACE), max_seconds_over=max(0.0, seconds - limit))
    assert seconds <= limit + GRACE, f"the module took {seconds:.1f} s"
    if secrets:
        with figures.judged("leaks", "secrets_found", outputs_scanned=1):
            assert_nothing_leaked(ran.output + json.dumps(ran.raw, ensure_ascii=False, default=str), secrets)
    if ran.failed:
        assert ran.msg.isprintable(), f"not one printable line: {ran.msg!r}"
        assert len(ran.msg) <= 1001, f"{len(ran.msg)} characters"
        assert "Traceback" not in ran.output
    return Seen(ran, seconds)


class _Stalls(threading.Thread):
    """Adds up by how much short pauses were too long: for so long the machine did nothing, or other things."""

    _PAUSE = 0.05

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seconds = 0.0
        self._over = threading.Event()

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        asked = time.monotonic()
        while not self._over.wait(self._PAUSE):
            now = time.monotonic()
            self.seconds += max(0.0, now - asked - 2 * self._PAUSE)
            asked = now


@contextmanager
def _watched(seconds: float) -> Iterator[None]:
    def bark(*_signal: object) -> None:
        raise AssertionError(f"the module did not end within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, bark)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
