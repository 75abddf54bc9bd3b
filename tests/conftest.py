# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the checkout importable, and found by Ansible, as the collection safehold.backup wherever it lies."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

import workspace

TREE = str(workspace.link_tree())

# Before any test module is imported: all of them import from ansible_collections.safehold.backup.
if TREE not in sys.path:
    sys.path.insert(0, TREE)
os.environ.setdefault("ANSIBLE_COLLECTIONS_PATH", TREE)

# What is begun with nohup, or behind a shell, ignores these, and so would all programs that tests start.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what was not run and why, in lines that the summary of `make test` repeats."""
    skipped = terminalreporter.stats.get("skipped", [])
    counts = Counter((path, reason) for path, _line, reason in (report.longrepr for report in skipped))
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    printed = (line for report in reports for line in report.capstdout.splitlines() if line.startswith("NOTE: "))
    for line in dict.fromkeys(printed):
        terminalreporter.write_line(line)
    for (path, reason), count in counts.items():
        name = Path(path).name
        terminalreporter.write_line(f"NOTE: not run: {count} of {name}: {reason.removeprefix('Skipped: ')}")
