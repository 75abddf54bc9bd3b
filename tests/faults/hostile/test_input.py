# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user gives and cannot work: one line that names the option, in every module that has it, and no request.

Every form that an option takes or refuses is in the unit tests; here the server itself shows that nothing came.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from faults.harness.running import run
from faults.harness.targets import options, secrets
from properties.catalogue import MODULES
from simulator.process import Simulator

SVT = [module for module in MODULES if module.startswith("svt_")]
ACRONIS = [module for module in MODULES if module.startswith("acronis_")]
WAITERS = ("svt_backup_rename", "svt_task_info", "acronis_task_info")
HOSTS = (
    "https://{host}", "{host}:443", "{host}/api", "user@{host}", "{host} ", "a b", "{host}\r\nX: y", "", "[::1",
    "300.1.1.1", "a" * 64 + ".example", "under_score..example",
)  # fmt: skip
URLS = (
    "http://{host}", "{host}", "https://user:word@{host}", "https://{host}/api", "https://{host}?token=y",
    "https://{host}:0", "https://{host}:99999", "https://", "ftp://{host}", "https://a b",
)  # fmt: skip
NUMBERS = (0, -5, "1e22", 10**22, "soon", "nan")
DATES = ("yesterday", "2026-03-13", "2026-03-13T21:03:46", "2026-02-30T00:00:00Z", "13.03.2026", "7", "-7d-")
EXACT = 944455285181775873  # as a float it would be another one


def refuses(simulator: Simulator, module: str, *wrongs: tuple[Mapping[str, Any], str]) -> None:
    """Each of the wrong options ends the run at once with its words; the server has not seen it. None: left out."""
    good = options(simulator, module)
    simulator.control.clear_ledger()
    for wrong, words in wrongs:
        given = {name: value for name, value in {**good, **wrong}.items() if value is not None}
        seen = run(module, given, secrets=secrets(simulator, good), limit=5)
        assert seen.failed, f"{wrong} was taken: {seen.result}"
        assert words in seen.ran.msg
        # what Ansible itself refuses has no kind
        assert seen.result.get("failure", {"kind": "input"})["kind"] == "input"
    assert simulator.control.ledger() == []


@pytest.mark.parametrize("module", [pytest.param(module, id=f"L1-{module}") for module in SVT])
def test_a_host_that_is_more_or_less_than_one(simulator: Simulator, module: str) -> None:
    hosts = [({"host": form.format(host="127.0.0.1")}, "host: ") for form in HOSTS]
    ports = [({"port": port}, f"port: {port} is out of range") for port in (0, -1, 99999)]
    refuses(simulator, module, *hosts, *ports)


@pytest.mark.parametrize("module", [pytest.param(module, id=f"L1-{module}") for module in ACRONIS])
def test_an_address_that_is_more_or_less_than_one(simulator: Simulator, module: str) -> None:
    urls = [form.format(host="localhost") for form in URLS]
    refuses(simulator, module, *(({"datacenter_url": url}, "datacenter_url: ") for url in urls))


@pytest.mark.parametrize("module", [pytest.param(module, id=f"L2-{module}") for module in MODULES])
def test_a_time_that_is_none(simulator: Simulator, module: str) -> None:
    waits = ("wait_timeout", "wait_interval") if module in WAITERS else ()
    refuses(
        simulator, module, *(({option: value}, option) for option in ("request_timeout", *waits) for value in NUMBERS)
    )


@pytest.mark.parametrize("module", [pytest.param(module, id=f"L3-{module}") for module in MODULES])
def test_options_that_contradict_each_other_or_lack_another(simulator: Simulator, module: str) -> None:
    user, secret = ("username", "password") if module in SVT else ("client_id", "client_secret")
    own = [({"name": "a"}, "mutually exclusive"), ({"new_name": None}, "new_name")]
    refuses(
        simulator,
        module,
        ({user: None, secret: None}, f"{user}: no credentials"),
        ({secret: None}, secret),
        *(own if module == "svt_backup_rename" else ()),
    )


@pytest.mark.parametrize(
    ("module", "option"),
    [
        pytest.param(module, option, id=f"L4-{module}-{option}")
        for module, option in (
            ("svt_backup_info", "created_after"),
            ("svt_backup_info", "expires_before"),
            ("acronis_task_info", "enqueued_after"),
            ("acronis_activity_info", "updated_before"),
        )
    ],
)
def test_a_date_that_is_none(simulator: Simulator, module: str, option: str) -> None:
    refuses(simulator, module, *(({option: value}, f"{option}: '{value}'") for value in DATES))


@pytest.mark.parametrize("given", [pytest.param(EXACT, id="L5-number"), pytest.param(str(EXACT), id="L5-text")])
def test_an_id_beyond_what_a_float_holds_stays_exact(simulator: Simulator, given: Any) -> None:
    for id in (EXACT - 1, EXACT, EXACT + 1):
        simulator.control.add("acronis", "tasks", id=id, type="backup")
    seen = run("acronis_task_info", {**options(simulator, "acronis_task_info"), "id": [given]}, limit=10)
    assert [task["id"] for task in seen.result["tasks"]] == [str(EXACT)]
    (asked,) = simulator.control.requests("acronis", "GET", "/tasks")
    assert str(EXACT) in str(asked["query"]) and str(EXACT + 1) not in str(asked["query"])
