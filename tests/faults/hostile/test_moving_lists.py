# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan is not made from a list that did not hold still, or of which a page is missing."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.process import Simulator

from .test_renames import names, rename, submitted

EVER_MORE: dict[str, Any] = {"action": {"mutate": {"count": 99}}, "times": None}
NO_SECOND_PAGE: dict[str, Any] = {"action": {"status": 500, "body": ""}, "times": None, "path": "offset=[1-9]"}
NEVER_WHOLE: dict[str, Any] = {"action": {"truncate": 40}, "times": None}


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        pytest.param(EVER_MORE, ("conflict",), id="I20-G1-changed-list"),
        pytest.param(NO_SECOND_PAGE, ("server", "timeout"), id="I20-G11-a-page-is-missing"),
        pytest.param(NEVER_WHOLE, ("bad_response", "connect", "timeout"), id="I20-B5-cut-list"),
    ],
)
@pytest.mark.parametrize("many", [pytest.param(False, id="one"), pytest.param(True, id="list")])
def test_no_rename_is_made_from_a_partial_list(
    simulator: Simulator, fault: dict[str, Any], kinds: tuple[str, ...], many: bool
) -> None:
    simulator.control.set("simplivity", page_cap=1)
    for machine in ("web01", "db01"):
        simulator.control.add("simplivity", "backups", name="twin", virtual_machine_name=machine)
    before = names(simulator)
    simulator.control.fault({"api": "simplivity", "method": "GET", "path": "^/api/backups", **fault})
    wanted = {"name": "twin", "new_name": "renamed"}
    given: dict[str, Any] = {"renames": [wanted], "on_error": "continue"} if many else wanted
    refused = rename(simulator, {**given, "request_timeout": 1})
    assert refused.kind in kinds
    assert refused.result.get("changed", False) is False
    assert (submitted(simulator), names(simulator)) == ([], before)
