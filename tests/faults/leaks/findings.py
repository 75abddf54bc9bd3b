# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks through everything that a run left behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from faults.harness import figures
from faults.harness.scanner import assert_nothing_leaked
from simulator.process import Control

from .ansible_runs import Ran


def assert_clean(ran: Ran, secrets: Iterable[str], known: Callable[[str], bool] = lambda place: False) -> int:
    """Fails when a secret stands anywhere in what a run left; returns how many texts were read.

    known: the places of which SECURITY.md says that Ansible itself keeps secrets there.
    """
    wanted = sorted(set(secrets))
    texts = {place: text for place, text in ran.texts().items() if not known(place)}
    with figures.judged("leaks", "secrets_found", outputs_scanned=len(texts)):
        for place, text in texts.items():
            try:
                assert_absent(text, wanted)
            except AssertionError as found:
                raise AssertionError(f"in {place}: {found}") from None
    return len(texts)


def assert_absent(text: str, secrets: Iterable[str]) -> None:
    """Fails when a secret stands in the text, in any form, also across line breaks or inside of JSON."""
    wanted = list(secrets)
    for form in (text, unwrapped(text), unescaped(text), unescaped(unescaped(text))):
        assert_nothing_leaked(form, wanted)


def unescaped(text: str) -> str:
    """The text as it was before it was put into JSON: a changed secret with a quote in it is not seen otherwise."""
    return re.sub(r"\\(.)", r"\1", text)


def unwrapped(text: str) -> str:
    """The text without the line breaks that Ansible puts into warnings, wherever they fall."""
    return re.sub(r"\n[ \t]*", "", text)


def issued(control: Control) -> list[str]:
    """Every token that the simulator gave out since its reset."""
    return [token for api in control.state().values() for token in api["tokens"]]


def issued_in(ran: Ran) -> list[str]:
    """Every token that the simulator gave out to the recorded tasks of a run."""
    return [token for done in ran.tasks.values() for api in done.state.values() for token in api["tokens"]]


def holding(directory: Path, secret: str) -> list[Path]:
    """The files below a directory in which a secret stands in any form."""
    return sorted(path for path in directory.rglob("*") if path.is_file() and _holds(path, secret))


def _holds(path: Path, secret: str) -> bool:
    try:
        assert_absent(path.read_bytes().decode("utf-8", "surrogateescape"), [secret])
    except AssertionError:
        return True
    return False
