# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A name that equals a secret: what is sent is exact, whatever Ansible makes of the result on its way out (K8)."""

from __future__ import annotations

import pytest

from faults.harness.running import run
from faults.harness.targets import connection
from simulator.process import Simulator

from .test_renames import names, submitted

WORDS = ("vm", "15", "web01", "backup-of-vm")


@pytest.mark.parametrize("word", [pytest.param(word, id=f"H14-{word}") for word in WORDS])
def test_a_name_that_equals_the_password_is_compared_and_sent_exactly(simulator: Simulator, word: str) -> None:
    simulator.control.set("simplivity", password=word, task_seconds=0)
    ids = [
        simulator.control.add("simplivity", "backups", name=name, virtual_machine_name=word)["id"]
        for name in (word, f"{word}-15", "********")
    ]
    before = names(simulator)
    given = {**connection(simulator, "svt_backup_rename"), "password": word}
    wanted = {"name": word, "virtual_machine_name": word, "new_name": f"new {word}"}
    # the password is what this is about, so it is not looked for; the result is Ansible's own to mask
    done = run("svt_backup_rename", {**given, **wanted}, limit=20)
    assert not done.failed, done.result["msg"]
    assert done.ran.raw["backup"]["name"] == f"new {word}"
    assert submitted(simulator) == [(f"/api/backups/{ids[0]}/rename", f"new {word}")]
    assert names(simulator) == {**before, ids[0]: f"new {word}"}
    assert any("fewer than four characters" in warning for warning in done.ran.warnings) is (len(word) < 4)
    again = run("svt_backup_rename", {**given, **wanted}, limit=20)
    assert (again.failed, again.result["changed"], len(submitted(simulator))) == (False, False, 1)


@pytest.mark.parametrize(
    "new_name",
    [
        pytest.param(name, id=f"H14-{name}")
        for name in ("********", "new ********", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")
    ],
)
def test_a_masked_name_of_an_earlier_result_is_refused(simulator: Simulator, new_name: str) -> None:
    """Such a name comes from a result in which Ansible hid a secret; the backup was never called that."""
    (id, *_rest) = names(simulator)
    given = {**connection(simulator, "svt_backup_rename"), "id": id, "new_name": new_name}
    refused = run("svt_backup_rename", given, limit=20)
    assert refused.kind == "input"
    assert submitted(simulator) == []
