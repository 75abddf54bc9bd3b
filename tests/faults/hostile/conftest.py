# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The releases of ansible-core that plays run on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from faults.harness.cores import Core, NotHere, core

Cores = Callable[[str], Core]


@pytest.fixture
def cores(capsys: pytest.CaptureFixture[str]) -> Cores:
    """An ansible-core by its word; one that cannot be had is said in a line that begins with NOTE:."""

    def of(which: str) -> Core:
        try:
            return core(which)
        except NotHere as problem:
            with capsys.disabled():
                print(f"NOTE: hostile names not tried on the {which} ansible-core: {problem}", flush=True)
            pytest.skip(str(problem))

    return of
