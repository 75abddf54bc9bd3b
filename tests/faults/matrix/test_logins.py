# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of tables D and E on the login of every module."""

from __future__ import annotations

import pytest

from faults.harness.scanner import assert_nothing_leaked

from .bench import Bench
from .logins import CANARY, LOGINS, Login
from .places import OBJECT, PLACES, RENAME, TOKEN, Place

every_place = pytest.mark.parametrize("place", [pytest.param(place, id=place.module) for place in PLACES])


@every_place
@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.id) for fault in LOGINS])
def test_login(fault: Login, place: Place, bench: Bench) -> None:
    _try_login(fault, place, bench, check_mode=place is not RENAME)


@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.id) for fault in LOGINS])
def test_login_in_check_mode(fault: Login, bench: Bench) -> None:
    _try_login(fault, RENAME, bench, check_mode=True)


def _try_login(fault: Login, place: Place, bench: Bench, check_mode: bool) -> None:
    rule = {"method": "POST", "path": place.login, "times": fault.times, "action": fault.action}
    played = bench.play(place.module, rule, check_mode=check_mode)

    assert played.seen.kind == fault.kind, played.msg
    assert played.hits[0] in (fault.tries if isinstance(fault.tries, range) else [fault.tries])
    assert_nothing_leaked(played.seen.ran.output, [CANARY])
    kept = place.answers == TOKEN and fault.kind is None
    # the one session that cannot be closed: its token never reached the module
    assert played.open == int(fault.opened or kept)
    if fault.kind is None:
        renames = place.answers == OBJECT and not check_mode
        assert len(played.writes) == len(played.changes) == int(renames)
        if place.answers == TOKEN:
            lifetime = played.result["expires_in"]
            assert lifetime is None or (isinstance(lifetime, int) and lifetime > 0)
        return
    says = fault.says if isinstance(fault.says, str) else fault.says[place.api]
    assert says in played.msg
    assert len(played.ledger) == played.hits[0], "something was sent without a login"
    assert not played.result["changed"] and not played.failure["submitted"]


@every_place
@pytest.mark.parametrize(
    "option", [pytest.param("password", id="D1-wrong-password"), pytest.param("username", id="D1-unknown-user")]
)
def test_wrong_credentials_are_tried_once(option: str, place: Place, bench: Bench) -> None:
    names = {"password": "client_secret", "username": "client_id"}
    name = option if place.api == "simplivity" else names[option]
    played = bench.play(place.module, options={**bench.options(place.module), name: "canary-no-such-4711"})
    assert played.seen.kind == "auth", played.msg
    assert len(played.ledger) == len(played.logins) == 1
    assert played.open == 0 and not played.changes
    assert ("check username and password" if place.api == "simplivity" else "check client_id") in played.msg


@every_place
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, id=f"D3-given-token-{kind}") for kind in ("idle", "age", "unknown")]
)
def test_a_given_token_that_has_died(kind: str, place: Place, bench: Bench) -> None:
    """Without credentials there is nothing to log in with: one request, and the token is not shown."""
    if place.answers == TOKEN:
        module, more = place.module, {"state": "absent"}
    else:
        module, more = place.module, {}
    given = bench.options(module)
    login = bench.play(f"{'svt' if place.api == 'simplivity' else 'acronis'}_token")
    number = login.ledger[-1]["n"]
    bench.control.expire_tokens(place.api, kind)
    credentials = ("username", "password", "client_id", "client_secret")
    options = {name: value for name, value in given.items() if name not in credentials}
    options |= {"access_token": login.result["access_token"], **more}
    played = bench.play(module, options=options, after=number)
    assert len(played.ledger) == 1 and not played.logins and played.open == 0
    if place.module == "acronis_token":
        # RFC 7009: the end of a token takes the client's own credentials or a live token
        assert played.result["ended"] is False
    elif place.answers == TOKEN:
        assert played.result["ended"] is False
    else:
        assert played.seen.kind == "auth", played.msg
        assert "check" in played.msg
