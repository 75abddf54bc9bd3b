# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault, verbose or not, with and without no_log, with and without tracebacks, on the oldest and newest core.

Each run of Ansible carries faults as tasks, once as they are and once with `no_log: true`: all of them where most is
shown, and those that tell most elsewhere. `make soak` tries all of them everywhere, in playbooks and ad hoc.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from faults.harness import figures
from faults.leaks.ansible_runs import AnsibleRuns, Ran
from faults.leaks.canaries import in_environment, variables
from faults.leaks.conftest import Runs
from faults.leaks.faults_at_hand import FAULTS, ONCE_SHOWN, SECRETS, TELLING, Fault
from faults.leaks.findings import assert_clean, issued, issued_in
from integration.modules.harness.runs import _Plan
from integration.modules.harness.ways import BOTH, by_turns

SOAK = bool(os.environ.get("SAFEHOLD_SOAK"))
SOME = tuple(FAULTS) if SOAK else TELLING
TRACEBACKS = {"ANSIBLE_DISPLAY_TRACEBACK": "always"}
NO_LOG = {"ANSIBLE_NO_LOG": "1"}


def played(runs: AnsibleRuns, names: Sequence[str], verbosity: int, environment: Mapping[str, str]) -> Ran:
    """One run of a playbook with these faults, each twice."""
    place = runs.place()
    tasks: list[Mapping[str, Any]] = []
    plan = {}
    for name in names:
        for no_log in (False, True):
            full_name = f"{name}, no_log {no_log}"
            steps = _Plan()
            FAULTS[name].prepare(steps)
            plan[full_name] = steps.calls
            tasks.append(FAULTS[name].task(full_name, place, no_log))
    return runs.play(tasks, plan=plan, variables=variables(), verbosity=verbosity, environment=environment)


def unlike(ran: Ran, name: str, fault: Fault) -> Iterator[str]:
    """What differs from what the user should see of a fault, and the server of the user."""
    for no_log in (False, True):
        done = ran.tasks[f"{name}, no_log {no_log}"]
        if done.failed != (fault.kind is not None):
            yield f"{done.name}: failed is {done.failed}: {done.result}"
        elif done.failed and not no_log:  # Ansible hides the rest of the result from everybody
            kind = done.result.get("failure", {}).get("kind", "")
            if kind not in (fault.kind or "").split() or not done["msg"].isprintable():
                yield f"{done.name}: {kind}: {done.result}"
        if done.logins != fault.logins:
            yield f"{done.name}: {done.logins} logins"


@pytest.mark.slow
@by_turns(
    ("which", "names", "verbosity", "environment"),
    [
        pytest.param("newest", SOME, 0, {}, id="K1-K2-K3-K4-K13-newest"),
        pytest.param("newest", SOME, 4, {}, id="K1-K2-K3-K4-K13-newest-vvvv"),
        pytest.param("newest", SOME, 0, TRACEBACKS, id="K1-K2-K3-K4-K13-newest-tracebacks"),
        pytest.param("newest", FAULTS, 4, TRACEBACKS, id="K1-K2-K3-K4-K13-newest-vvvv-tracebacks"),
        pytest.param("checkout", ONCE_SHOWN, 4, TRACEBACKS, id="K1-K2-K3-K4-K13-checkout-vvvv-tracebacks"),
        pytest.param("oldest", SOME, 0, {}, id="K1-K2-K3-K4-K13-oldest"),
        pytest.param("oldest", FAULTS, 4, {}, id="K1-K2-K3-K4-K13-oldest-vvvv"),
    ],
)
def test_playbooks(
    runs: Runs, which: str, names: Sequence[str], verbosity: int, environment: Mapping[str, str]
) -> None:
    ansible = runs(which)
    ran = played(ansible, tuple(names), verbosity, environment)
    assert len(ran.tasks) == 2 * len(names), ran.output[-3000:]
    wrong = [problem for name in names for problem in unlike(ran, name, FAULTS[name])]
    assert not wrong, "\n".join(wrong)
    if environment and ansible.core.shows_tracebacks:
        assert "Traceback" in ran.output  # or the scan would look at nothing new
    assert_clean(ran, [*SECRETS, *issued_in(ran)])
    # of two cores, with and without -vvvv and no_log, and both ways where asked for; and on the newest with and without
    # tracebacks, which others lack
    if which in ("newest", "oldest"):
        figures.record("leaks", in_plays=len(ran.tasks), max_in_plays=(2 + 1) * 2 * 2 * len(FAULTS) * (1 + BOTH))


AD_HOC = [
    pytest.param("newest", "K1-all-well", 4, {}, id="K1-K10-K13-newest-all-well-vvvv"),
    pytest.param("newest", "K13-login-quotes-changed-forms", 0, {}, id="K1-K10-K13-newest-quoted"),
    pytest.param(
        "newest", "K13-login-quotes-client-secret", 4, TRACEBACKS, id="K1-K10-K13-newest-quoted-vvvv-tracebacks"
    ),
    pytest.param("newest", "K3-bug-that-quotes-all", 0, TRACEBACKS, id="K1-K10-K13-newest-bug-tracebacks"),
    pytest.param("newest", "D3-401-quotes-token", 4, NO_LOG, id="K1-K10-K13-newest-401-vvvv-no-log"),
    pytest.param("oldest", "K3-bug-that-quotes-all", 4, {}, id="K1-K10-K13-oldest-bug-vvvv"),
    pytest.param("oldest", "K13-login-quotes-client-secret", 0, NO_LOG, id="K1-K10-K13-oldest-no-log"),
]
AD_HOC_AND_ALL = [
    pytest.param(
        which, name, verbosity, environment, id=f"K1-K10-K13-{which}-{name}-{verbosity}-{''.join(environment)}"
    )
    for which in ("newest", "oldest")
    for name in FAULTS
    for verbosity in (0, 4)
    for environment in ({}, TRACEBACKS, NO_LOG)
    if which == "newest" or environment != TRACEBACKS
]


@pytest.mark.slow
@by_turns(("which", "name", "verbosity", "environment"), AD_HOC_AND_ALL if SOAK else AD_HOC)
def test_ad_hoc_with_secrets_in_the_environment(
    runs: Runs, which: str, name: str, verbosity: int, environment: Mapping[str, str]
) -> None:
    ansible, fault = runs(which), FAULTS[name]
    fault.prepare(ansible.simulator.control)
    options = fault.all_options(ansible.place(), {})
    ran = ansible.adhoc(fault.module, options, verbosity=verbosity, environment={**in_environment(), **environment})
    assert (ran.code != 0) == (fault.kind is not None), ran.output
    control = ansible.simulator.control
    logins = [one for one in control.requests(method="POST") if one["path"].endswith("/token")]
    assert len(logins) == fault.logins
    assert_clean(ran, [*SECRETS, *issued(control)])
    figures.record("leaks", ad_hoc=1, max_ad_hoc=len(AD_HOC_AND_ALL) * (1 + BOTH))


@pytest.mark.slow
@pytest.mark.parametrize(
    "which", [pytest.param("newest", id="K10-newest"), pytest.param("checkout", id="K10-checkout")]
)
def test_ad_hoc_with_secrets_in_a_file_of_variables(runs: Runs, which: str) -> None:
    """Arguments that are templates stay templates in what is said of a failure."""
    ansible, fault = runs(which), FAULTS["D3-401-quotes-token"]
    fault.prepare(ansible.simulator.control)
    given = fault.task("", ansible.place())[f"safehold.backup.{fault.module}"]
    ran = ansible.adhoc(fault.module, given, variables=variables(), verbosity=4)
    assert ran.code != 0
    assert "Access token expired" in ran.output
    assert_clean(ran, [*SECRETS, *issued(ansible.simulator.control)])
