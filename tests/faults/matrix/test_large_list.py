# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hundred thousand backups in one run of the real module process (G10)."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.release import __version__ as ansible_core

from faults.harness import figures, targets
from faults.harness.processes import can_measure, run_process
from simulator.process import Simulator

BACKUPS = 100_000
# The module's own share is the same everywhere; ansible-core 2.16 takes some 75 MB more to print the same result.
MOST_MB = 500 if tuple(map(int, ansible_core.split(".")[:2])) >= (2, 18) else 600
MOST_SECONDS = 60  # of processor time: that of the clock says more of the machine's other work


@pytest.mark.slow
@pytest.mark.parametrize("total", [pytest.param(BACKUPS, id="G10-100000-backups")])
def test_a_large_list(total: int, tmp_path: Path) -> None:
    if not can_measure():
        pytest.skip("only Linux tells how much memory a process took")
    with Simulator("--backups", str(total)) as simulator:
        ended = run_process("svt_backup_info", targets.connection(simulator, "svt_backup_info"), tmp_path, 300)
        assert simulator.control.state()["simplivity"]["open_sessions"] == 0
        assert len(simulator.control.requests("simplivity", "GET", "/backups")) == total // 500
    assert len({backup["id"] for backup in ended.result["backups"]}) == total
    assert ended.result["count"] == total and ended.result["truncated"] is False
    figures.record("large_list", runs=1, max_mb=ended.peak_mb, max_seconds=ended.cpu_seconds)
    assert ended.peak_mb < MOST_MB
    assert ended.cpu_seconds < MOST_SECONDS
