# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which way modules go in a test: in the controller, as for users, or as processes.

With SAFEHOLD_BOTH_WAYS in the environment (`make ways`) the tests that know of both go both. Otherwise few go both,
some by turns, and the rest in the controller: what differs between the two is told key by key in test_same_result.py.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pytest

BOTH = bool(os.environ.get("SAFEHOLD_BOTH_WAYS"))
AS_PROCESS = {"ANSIBLE_SAFEHOLD_IN_CONTROLLER": "false"}
_NAMES = {True: "in-controller", False: "as-process"}


@pytest.fixture(params=[True, False] if BOTH else None, ids=_NAMES.get)
def in_controller(request: pytest.FixtureRequest) -> bool:
    """Whether modules run in the controller, where they can."""
    return bool(getattr(request, "param", True))


both_ways = pytest.mark.parametrize("in_controller", [True, False], ids=_NAMES.get, indirect=True)


def by_turns(names: Sequence[str], cases: Sequence[Any]) -> pytest.MarkDecorator:
    """Parametrizes: each case goes one way, the next one the other."""
    ways = [[True, False] if BOTH else [number % 2 == 0] for number in range(len(cases))]
    each = [
        pytest.param(*case.values, way, marks=case.marks, id=f"{case.id}-{_NAMES[way]}")
        for case, way_of_case in zip(cases, ways, strict=True)
        for way in way_of_case
    ]
    return pytest.mark.parametrize((*names, "in_controller"), each, indirect=["in_controller"])
