# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible itself shows, as README and SECURITY.md say. A change in a new ansible-core turns a test here red: then
the texts are to be corrected, not the collection."""

from __future__ import annotations

import pytest

from faults.leaks.findings import assert_clean, issued
from faults.surroundings.conftest import Runs
from faults.surroundings.plays import connection, task

pytestmark = pytest.mark.slow
SECRET = "Kn-limits-5e5e5e5e-abcdef"


@pytest.mark.parametrize("which", [pytest.param(one, id=f"K7-K9-{one}") for one in ("newest", "oldest")])
def test_a_misspelt_option_and_the_keyword_environment(runs: Runs, which: str) -> None:
    ansible = runs(which)
    surroundings = connection(ansible)
    password = surroundings.pop("SVT_PASSWORD")
    misspelt = task("svt_backup_info", {"passwrod": "{{ secret }}", "limit": 1}, ignore_errors=True)
    keyword = task("svt_backup_info", {"limit": 1}, environment={"SVT_PASSWORD": "{{ word }}"}, no_log=True)
    variables = {"secret": SECRET, "word": password}
    quiet = ansible.play([misspelt, keyword], variables=variables, environment=surroundings)
    assert quiet.code == 0, quiet.output
    assert "Unsupported parameters" in quiet.output and "passwrod" in quiet.output
    # neither is shown as long as nobody asks for more
    assert_clean(quiet, [SECRET, password, *issued(ansible.simulator.control)])
    talkative = ansible.play([misspelt, keyword], variables=variables, environment=surroundings, verbosity=3)
    shown = SECRET in talkative.output
    assert shown == (ansible.core.version < (2, 20)), f"K7: core {ansible.core.version}: shown is {shown}"
    assert password in talkative.output, "K9: Ansible does not show `environment` any more"
    # no_log: true hides the task's result, the password that was spelt well is hidden everywhere else
    assert_clean(talkative, issued(ansible.simulator.control))


@pytest.mark.parametrize(
    "which",
    [
        pytest.param("checkout", id="K10-checkout"),
        pytest.param("newest", id="K10-newest"),
    ],
)
def test_ad_hoc_with_a_literal_secret(runs: Runs, which: str) -> None:
    """`-a password=…`: also in the list of processes and in the shell's history, so never a good idea."""
    ansible = runs(which)
    surroundings = connection(ansible)
    del surroundings["SVT_PASSWORD"]
    ran = ansible.adhoc("svt_backup_info", {"password": SECRET, "limit": 1}, environment=surroundings)
    assert ran.code != 0 and "check username and password" in ran.output
    shown = SECRET in ran.output
    assert shown == (ansible.core.version >= (2, 19)), f"core {ansible.core.version}: shown is {shown}"
