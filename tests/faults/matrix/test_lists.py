# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table G: pages that shift, lie, repeat, fail or never end, for every module that reads a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from .answers import document, refusal, status
from .bench import Bench, Played
from .paging import HOLD, Paged
from .places import ACRONIS_LISTS, LISTS, SVT_LISTS, TASK_LISTS, Place
from .reads import BUSY_TRIES, TRIES

WARNING = "changed while it was read"
# pages that are read at once when the count says that there are so many
AHEAD = 4


def _over(places: Any) -> Any:
    return pytest.mark.parametrize("place", [pytest.param(place, id=place.module) for place in places])


every_list = _over(LISTS)
# Only SimpliVity says how many objects match and pages by offset. Acronis pages by cursors and gives no count.
every_svt_list = _over(SVT_LISTS)
every_acronis_list = _over(ACRONIS_LISTS)


def _assert_all(paged: Paged, played: Played, ids: list[str], warned: bool = False) -> None:
    assert not played.seen.failed, played.msg
    assert paged.shown(played) == ids
    assert played.result["count"] == len(ids) and played.result["truncated"] is False
    assert any(WARNING in text for text in played.seen.ran.warnings) is warned
    assert played.open == 0


@every_list
@pytest.mark.parametrize("page", [pytest.param(2, id="G1-deleted-between-pages")])
def test_an_object_that_is_deleted(page: int, place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    first, *rest = paged.ids()
    with bench.meanwhile(place.read, page, lambda control: control.delete(place.api, paged.kind, first)):
        played = paged.play(paged.rule(HOLD, page, times=1))
    # SimpliVity's count gives it away, so the list is read again; a cursor of Acronis stands for the list as it was
    _assert_all(paged, played, rest if place.api == "simplivity" else [first, *rest])


@every_svt_list
@pytest.mark.parametrize("page", [pytest.param(2, id="G2-added-between-pages")])
def test_an_object_that_is_added(page: int, place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    with bench.meanwhile(place.read, page, lambda control: control.add(place.api, paged.kind, name="!first")):
        played = paged.play(paged.rule(HOLD, page, times=1))
    _assert_all(paged, played, paged.ids())
    assert played.result[paged.kind][0]["name"] == "!first"


@every_acronis_list
@pytest.mark.parametrize("page", [pytest.param(2, id="G2-added-between-pages")])
def test_an_object_that_is_added_before_a_cursor(page: int, place: Place, bench: Bench) -> None:
    """Were a cursor a mere position, an object would come twice: it is kept once, and the user is told."""
    paged = Paged(bench, place)
    bench.control.set("acronis", paging_mode="offset")
    before = paged.ids()
    with bench.meanwhile(place.read, page, lambda control: control.add(place.api, paged.kind, id=paged.lowest)):
        played = paged.play(paged.rule(HOLD, page, times=1))
    _assert_all(paged, played, before, warned=True)


@every_svt_list
@pytest.mark.parametrize("count", [pytest.param(99, id="G3-count-too-large"), pytest.param(1, id="G3-count-too-small")])
def test_a_count_that_lies(count: int, place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    size = max(2, paged.size)
    played = paged.play(paged.rule({"mutate": {"count": count}}), page_size=size)
    ids = paged.ids()
    assert not played.seen.failed and any(WARNING in text for text in played.seen.ran.warnings)
    shown = paged.shown(played)
    assert shown == (ids if count > len(ids) else [id for id in ids if id in shown]) and len(shown) >= size
    assert paged.pages(played) <= 3 * (len(ids) // size + 2 + AHEAD)


@every_svt_list
@pytest.mark.parametrize("page", [pytest.param(1, id="G3-first-page"), pytest.param(2, id="G3-second-page")])
def test_a_count_that_lies_once(page: int, place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    played = paged.play(paged.rule({"mutate": {"count": 99}}, page, times=1))
    _assert_all(paged, played, paged.ids())


@every_list
@pytest.mark.parametrize("name", [pytest.param("canary of the newest", id="G4-id-on-two-pages")])
def test_an_id_on_two_pages_with_different_content(name: str, place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    first = paged.ids()[0]
    ids: dict[str, Any] = {"id": first}
    if place in TASK_LISTS:
        ids = {"id": int(first), "idString": first}
    again = {**ids, place.text: name}
    action = {"mutate": {f"{place.first}.{field}": value for field, value in again.items()}}
    last = (len(paged.ids()) - 1) // paged.size
    # on the last page, of every reading
    if place.api == "simplivity":
        rule = {"path": f"{place.read}.*offset={last * paged.size}$", "action": action}
    else:
        rule = dict(paged.rule(action, last + 1))
    played = paged.play(rule)
    assert not played.seen.failed, played.msg
    assert paged.shown(played).count(first) == 1
    newest = next(one for one in played.result[place.result_key] if str(one["id"]) == first)
    assert newest[place.text] == name
    assert any(WARNING in text for text in played.seen.ran.warnings)


@every_list
@pytest.mark.parametrize("cap", [pytest.param(1, id="G5-one-a-page"), pytest.param(3, id="G5-three-a-page")])
def test_pages_shorter_than_asked_for(cap: int, place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    bench.control.set(place.api, page_cap=cap)
    played = paged.play(page_size=500)
    ids = paged.ids()
    _assert_all(paged, played, ids)
    assert paged.pages(played) == -(-len(ids) // cap)


@every_svt_list
@pytest.mark.parametrize("number", [pytest.param(400, id="G6-error-beyond-the-end")])
def test_an_error_beyond_the_end(number: int, place: Place, bench: Bench) -> None:
    """The count promised more: the read fails as a whole, and says where."""
    paged = Paged(bench, place)
    pages = -(-len(paged.ids()) // paged.size)
    larger = paged.rule({"mutate": {"count": 99}}, times=pages)
    played = paged.play(larger, paged.rule(refusal(number)))
    assert played.seen.kind == "input" and place.result_key not in played.result
    assert played.open == 0


@every_svt_list
@pytest.mark.parametrize("count", [pytest.param(99, id="G6-first-page-again")])
def test_the_first_page_beyond_the_end(count: int, place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    objects = paged.objects()
    pages = -(-len(objects) // paged.size)
    first_again = {"replace_json": {place.key: objects[: paged.size], "count": count}}
    beyond = {"path": f"{place.read}.*offset={len(objects)}$", "action": first_again}
    played = paged.play(beyond, paged.rule({"mutate": {"count": count}}))
    assert not played.seen.failed and paged.shown(played) == paged.ids()
    assert any(WARNING in text for text in played.seen.ran.warnings)
    assert played.hits[0] == 3 and 3 * (pages + 1) <= paged.pages(played) <= 3 * (pages + 1 + AHEAD)
    assert played.open == 0


@every_svt_list
@pytest.mark.parametrize("count", [pytest.param(4, id="G7-same-page-for-ever"), pytest.param(99, id="G7-long-list")])
def test_an_offset_without_effect(count: int, place: Place, bench: Bench) -> None:
    """Told by the warning rather than as bad_response: what came is right, only not all of it. A change refuses it."""
    paged = Paged(bench, place)
    one = paged.objects()[0]
    played = paged.play(paged.rule({"replace_json": {place.key: [one], "count": count}}), page_size=1)
    assert not played.seen.failed and paged.shown(played) == [one["id"]]
    assert any(WARNING in text for text in played.seen.ran.warnings)
    assert paged.pages(played) == 3 * (2 if count <= AHEAD else 1 + AHEAD)
    assert played.open == 0


@every_acronis_list
@pytest.mark.parametrize(
    "cursors",
    [pytest.param(["a"], id="G7-one-cursor-for-ever"), pytest.param(["a", "b", "c"], id="G7-circle-of-cursors")],
)
def test_cursors_that_go_in_a_circle(cursors: list[str], place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    item = {place.inside: paged.objects()[0]} if place.inside else paged.objects()[0]
    rules = [
        paged.rule(dict(document({"items": [item], "paging": {"cursors": {"after": cursor}}})), times=1)
        for cursor in [*cursors, *cursors]
    ]
    played = paged.play(*rules)
    assert played.seen.kind == "bad_response" and "again and again" in played.msg
    assert place.result_key not in played.result and played.open == 0
    assert paged.pages(played) == len(cursors) + 1


@every_list
@pytest.mark.parametrize("page", [pytest.param(2, id="G8-empty-page-in-the-middle")])
def test_an_empty_page_in_the_middle(page: int, place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    ids = paged.ids()
    played = paged.play(paged.rule({"mutate": {place.key: []}}, page, times=1))
    # SimpliVity's count says that something is missing, so all is read again; a cursor leads on past the empty page
    left = ids if place.api == "simplivity" else ids[: paged.size] + ids[2 * paged.size :]
    _assert_all(paged, played, left)


@_over([place for place in LISTS if place.result_key == "backups" or place in TASK_LISTS])
@pytest.mark.parametrize("total", [pytest.param(1201, id="G9-more-than-two-pages-of-500")])
def test_more_than_the_default_page(total: int, place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    bench.control.fill(**{paged.kind: total})
    played = paged.play(page_size=500)
    _assert_all(paged, played, paged.ids())
    assert len(set(paged.shown(played))) == total and paged.pages(played) == 3
    cut = paged.play(page_size=500, limit=700, after=played.ledger[-1]["n"])
    assert len(paged.shown(cut)) == 700 and cut.result["truncated"] is True
    assert paged.pages(cut) == 2


@every_list
@pytest.mark.parametrize(
    ("action", "kind", "tries"),
    [
        pytest.param(status(500), "server", [TRIES], id="G11-500"),
        pytest.param(status(503), "server", BUSY_TRIES, id="G11-503"),
        pytest.param(refusal(403), "permission", [1], id="G11-403"),
        pytest.param({"reset": True}, "connect", [TRIES], id="G11-reset"),
        # urllib3 1.26 leaves it to us to see that a body is too short
        pytest.param({"truncate": 20}, ("connect", "bad_response"), [TRIES], id="G11-cut"),
    ],
)
def test_a_page_that_fails(
    action: Any, kind: str | tuple[str, ...], tries: Sequence[int], place: Place, bench: Bench
) -> None:
    paged = Paged(bench, place)
    played = paged.play(paged.rule(action, 3))
    assert played.seen.kind in (kind if isinstance(kind, tuple) else (kind,)), played.msg
    assert place.result_key not in played.result and "count" not in played.result
    assert paged.pages(played) - 2 in tries and played.open == 0


@every_list
@pytest.mark.parametrize(
    ("action", "logins"),
    [pytest.param(refusal(401), 2, id="G12-401-between-pages"), pytest.param(status(503), 1, id="G11-503-once")],
)
def test_a_page_that_fails_once(action: Any, logins: int, place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    played = paged.play(paged.rule(action, 2, times=1))
    _assert_all(paged, played, paged.ids())
    assert len(played.logins) == logins
    asked = [entry["query"] for entry in played.to(place.read)]
    assert asked[1] == asked[2], "the page after the fault is not the one that it was met on"
    assert len(asked) == -(-len(paged.ids()) // paged.size) + 1


def _filter(paged: Paged) -> tuple[str, str, str]:
    """An option, the name of its filter at the server, and a value that few objects have."""
    if paged.place.api == "acronis":
        return "type", "type", str(paged.objects()[-1]["type"])
    return "name", "name", str(paged.objects()[-1]["name"])


@every_list
@pytest.mark.parametrize("ignored", [pytest.param(True, id="G13-ignored"), pytest.param(False, id="G13-heeded")])
def test_a_filter_that_the_server_ignores(ignored: bool, place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    option, wire, value = _filter(paged)
    if ignored:
        bench.control.set(place.api, ignore_filters=[wire])
    played = paged.play(**{option: [value]})
    wanted = [str(one["id"]) for one in paged.objects() if one[option] == value]
    assert 0 < len(wanted) < len(paged.ids())
    _assert_all(paged, played, wanted)


@every_list
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("a,b", id="G14-comma"),
        pytest.param("a&limit=1", id="G14-ampersand"),
        pytest.param("a=b?c#d", id="G14-query"),
        pytest.param("100%25 + %2C", id="G14-percent"),
        pytest.param('it\'s "so"', id="G14-quotes"),
        pytest.param("a*b", id="G14-star"),
        pytest.param("or(a,b)", id="G14-brackets"),
        pytest.param("a/b\\c;d|e", id="G14-slashes"),
        pytest.param("ñ€😀", id="G14-not-ascii"),
        pytest.param(" a  b ", id="G14-blanks"),
    ],
)
def test_values_with_a_meaning_in_queries(value: str, place: Place, bench: Bench) -> None:
    """Exactly the objects with that value, not those that the value would mean if it were read as a query."""
    paged = Paged(bench, place)
    option = place.text
    for text in (value, f"{value}x", value.replace("*", "x"), "a", "b"):
        bench.control.add(place.api, paged.kind, **{option: text})
    played = paged.play(**{option: [value]})
    wanted = [str(one["id"]) for one in paged.objects() if one[option] == value]
    assert sorted(paged.shown(played)) == sorted(wanted)
    assert played.result["count"] == len(wanted) and played.open == 0


@every_svt_list
@pytest.mark.parametrize("equal", [pytest.param(12, id="G15-equal-names-change-places")])
def test_an_order_that_is_not_stable(equal: int, place: Place, bench: Bench) -> None:
    """The API sorts by one field and cannot add the id to it, so what is missing shows as something that comes twice:
    the list is read again in the order of the ids, and sorted here."""
    paged = Paged(bench, place)
    bench.control.add_many("simplivity", paged.kind, [{"name": "same"}] * equal)
    bench.control.set("simplivity", unstable_ties=True)
    played = paged.play(page_size=5)
    shown, ids = paged.shown(played), paged.ids()
    assert not played.seen.failed and played.seen.ran.warnings == []
    assert sorted(shown) == sorted(ids) and played.result["count"] == len(ids)
    names = [one["name"].casefold() for one in played.result[place.result_key]]
    assert names == sorted(names)
    # one page cannot be torn
    whole = paged.play(page_size=500, after=played.ledger[-1]["n"])
    assert sorted(paged.shown(whole)) == sorted(ids) and paged.pages(whole) == 1


@_over(TASK_LISTS)
@pytest.mark.parametrize("order", [pytest.param(["state"], id="G15-id-ends-the-order"), pytest.param([], id="G15-id")])
def test_an_order_that_ends_with_the_id(order: list[str], place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    played = paged.play(order=order)
    assert sorted(paged.shown(played), key=int) == paged.ids()
    first = played.to(place.read)[0]["query"]
    assert [value for name, value in first if name == "order"][-1] == "asc(id)"


@pytest.mark.parametrize(
    "action",
    [
        pytest.param({"mutate": {"count": 99}}, id="G3-count-too-large"),
        pytest.param({"mutate": {"count": 2}}, id="G3-count-too-small"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True], ids=["run", "check"])
def test_a_rename_refuses_a_list_that_does_not_hold_still(action: Any, check_mode: bool, bench: Bench) -> None:
    name = bench.control.objects("simplivity", "backups")[0]["name"]
    virtual_machine = bench.control.objects("simplivity", "backups")[0]["virtual_machine_name"]
    given = bench.options("svt_backup_rename", id=None, name=name, virtual_machine_name=virtual_machine)
    rule = {"method": "GET", "path": r"/backups\?", "action": action}
    played = bench.play("svt_backup_rename", rule, options=given, check_mode=check_mode)
    assert played.seen.kind == "conflict" and WARNING in played.msg
    assert not played.writes and played.open == 0 and not played.result["changed"]


@every_acronis_list
@pytest.mark.parametrize("many", [pytest.param(250, id="D14-250-ids")])
def test_long_filters_are_split(many: int, place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    known = paged.ids()[:5]
    played = paged.play(id=[*known, *(str(10**18 + number) for number in range(many))], page_size=500)
    assert sorted(paged.shown(played)) == sorted(known)
    assert paged.pages(played) == 3
    _assert_short(played, place)


@every_svt_list
@pytest.mark.parametrize("many", [pytest.param(400, id="D14-400-names")])
def test_long_lists_are_split(many: int, place: Place, bench: Bench) -> None:
    paged = Paged(bench, place)
    bench.control.set("simplivity", mode="mva")
    names = [*dict.fromkeys(one["name"] for one in paged.objects()), *(f"no such name {n:05}" for n in range(many))]
    played = paged.play(name=names, page_size=500)
    assert sorted(paged.shown(played)) == sorted(paged.ids())
    assert 1 < paged.pages(played) < 10
    _assert_short(played, place)


def _assert_short(played: Played, place: Place) -> None:
    for entry in played.to(place.read):
        assert len(entry["path"]) + sum(len(name) + 3 * len(value) for name, value in entry["query"]) < 3 * 4500
    assert played.open == 0
