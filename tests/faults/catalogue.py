# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the fault catalogue (reliability.md 3): which modules meet them, and where a test asks for less or for
something else than its row, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable

from faults.matrix.places import LISTS, PLACES, READERS, SVT_LISTS, TASK_LISTS, WAITERS, Place
from faults.rows import ROWS

ALL = frozenset(ROWS)

NOT_TESTED: dict[str, str] = {}

# Rows whose tests are not here, where they are, and why.
ELSEWHERE = {
    "J18": "tests/integration/modules/test_interpreter.py: it takes a Python of its own, without requests",
}

# What a row asks for and its tests do not, or the other way round.
DECIDED = {
    "A11": "the date of a certificate is not told by the library; today's by this machine is, as A20 wants it",
    "A12": "OpenSSL and urllib3 2 refuse old TLS by themselves, so the matrix passes without our own minimum as well; "
    "that we set it is asserted in a unit test",
    "C8": "that a proxy is used is not said at -vvv: modules have no say in it; every failure at a proxy names it",
    "D22": "a read is not repeated, but reading back looks again in its time, as it does after every refusal that the "
    "next look need not meet (C1, D9, D11, D12): what became of a change is worth a few requests",
    "F17": "a limit counts the time that the machine is awake: test_clock.py",
    "G7": "an offset without effect is a warning, as what came is right, and a change refuses it: test_lists.py",
    "I5": "a backup is not read again right before its submission: rename/single_faults.py",
    "I14": "both controllers may be told success, one after the other: rename/test_races.py",
    "J16": "the result of a playbook is tried with 20,000 backups; 100,000 go through the module alone, at G10",
}


def _names(places: Iterable[Place]) -> frozenset[str]:
    return frozenset(place.module for place in places)


EVERY_MODULE = _names(PLACES)
_NAMELESS: frozenset[str] = frozenset()

# The rows of HTTP that not every module meets: modules, why not others, rows. Of the other rows of A to G every module
# is in the name of a test. No module: the tests do not name the only one that can meet the row.
_FEWER: tuple[tuple[frozenset[str], str, str], ...] = (
    (
        _names(WAITERS),
        "no other module looks at a task again",
        "A14 D2 D8 F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F14 F15",
    ),
    (_names(WAITERS), "no other module looks at a task again", "F16 F17 F18 F19 F21 F22 F23 F24"),
    (_NAMELESS, "only svt_backup_rename submits", "D4 D21 D26 F12 F13"),
    (_NAMELESS, "ids stand only in the paths of svt_backup_rename and svt_task_info", "C13"),
    (_NAMELESS, "only acronis_task_info meets a state of Acronis", "F20"),
    (_names(READERS), "a token module reads no object", "B2 C6 D7 D9 D10 E13 E14 E15 E18"),
    (_names(READERS) - {"svt_task_info"}, "the ids of SimpliVity's tasks are asked for, and compared as text", "E16"),
    (_names(LISTS), "no other module reads pages", "G1 G2 G4 G5 G7 G8 G11 G12 G13 G14"),
    (_names(SVT_LISTS) | _names(TASK_LISTS), "the API gives resources no order that could end with the id", "G15"),
    (_names(SVT_LISTS), "an Acronis list has neither a count nor an offset", "G3 G6"),
    (_names(TASK_LISTS) | {"svt_backup_info"}, "the simulator fills no other list beyond a page", "G9"),
    (_NAMELESS, "one list of each kind, since lists have the same code: svt_backup_info", "B6 G10"),
    (
        _names(WAITERS) | {"svt_backup_info"},
        "needs a second answer that fits the next request: looks at a task, or pages, one module for each way to page",
        "B19",
    ),
    (
        frozenset({"svt_backup_info", "acronis_task_info"}),
        "one module of each back end, as the address is checked, and long texts are cut, in the same place for all",
        "A18 E17",
    ),
    (
        frozenset({"svt_backup_rename", "svt_backup_info", "acronis_task_info", "svt_token", "acronis_token"}),
        "redirects of a login and of a rename; every module meets C1, C5 and C6 at its own first request",
        "C2 C3 C4",
    ),
)
FEWER = {row: (modules, reason) for modules, reason, rows in _FEWER for row in rows.split()}

_IN_PARAMETER = re.compile(r"(?:^|(?<=-))([A-L]\d{1,2})(?=-|\]?$)")
_IN_FUNCTION = re.compile(r"(?<![A-Za-z0-9])([a-lA-L]\d{1,2})(?![A-Za-z0-9])")


def named_in(test: str) -> set[str]:
    """The rows that a test's name carries: `test_d2_d7_…`, or a whole part of a parameter's id such as `D2-idle`."""
    function, _bracket, parameter = test.rpartition("::")[2].partition("[")
    return {row.upper() for row in _IN_FUNCTION.findall(function)} | set(_IN_PARAMETER.findall(parameter))


def modules_in(test: str) -> set[str]:
    """The modules that a test's name carries."""
    return set(re.findall("|".join(EVERY_MODULE), test.rpartition("::")[2]))
