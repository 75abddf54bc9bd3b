# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of tables D and E that the first read of a module can meet: what the server does, what the user is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .answers import BROKEN_BODIES, REASON, SPOILED_BODIES, Action, not_found, refusal, spoiled, status
from .places import ACRONIS_LISTS, LIST, LISTS, OBJECT, READERS, TASK, Place

TRIES = 5  # of a read that fails for reasons that may pass
# of a server that says that it is busy: as many as the time for a call allows
BUSY_TRIES = range(TRIES + 1, 16)
BUSY = (429, 502, 503)

Make = Callable[[Place], Action]


@dataclass(frozen=True)
class Fault:
    """One row. make: what happens to the read. kind: of the failure, None when the run goes well.

    says: what the message holds, for all or by the name of the API. tries: requests for this read, when it fails or
    goes well. times: how many of them the fault acts on, None for all. places: the modules that can meet it.
    instead: other kinds for single modules, with the reason beside it in the table.
    """

    id: str
    make: Make
    kind: str | None
    tries: int | range = TRIES
    says: str | Mapping[str, str] = ""
    http_status: int | None = None
    times: int | None = None
    places: Sequence[Place] = READERS
    instead: Mapping[str, str | None] = field(default_factory=dict)
    check: Callable[[Place, Mapping[str, Any]], None] = lambda _place, _result: None

    @property
    def spoils_names(self) -> bool:
        """Whether a backup that is read back with this fault looks as if it had another name."""
        return self.id.startswith(("E11", "E12"))

    def kind_for(self, place: Place) -> str | None:
        return self.instead.get(place.module, self.kind)

    def words_for(self, place: Place) -> str:
        return self.says if isinstance(self.says, str) else self.says.get(place.api, "")


def _always(action: Action) -> Make:
    return lambda _place: action


def _statuses() -> Iterator[Fault]:
    yield Fault("D3-401-for-ever", _always(refusal(401)), "auth", 2, "check", 401)
    yield Fault("D3-401-page-for-ever", _always(status(401)), "auth", 2, "check", 401)
    yield Fault("D7-401-on-the-first-call", _always(refusal(401)), None, 2, times=1)
    yield Fault("D7-401-page-on-the-first-call", _always(status(401)), None, 2, times=1)
    yield Fault("D10-object-not-found", _always(not_found()), "not_found", 1, http_status=404, instead=_UNKNOWN_TASK)
    for name, action in (("page", status(404)), ("empty", status(404, body=""))):
        # the address itself is unknown: said as such, never as an object or a task that does not exist
        yield Fault(f"D11-404-{name}", _always(action), "not_found", 1, _UNKNOWN_ADDRESS, 404)
    spring = {"exception": "org.springframework.web.servlet.NoHandlerFoundException", "message": "Not Found"}
    svt = [place for place in READERS if place.api == "simplivity"]
    spring_404 = status(404, json=spring)
    yield Fault("D11-404-no-handler", _always(spring_404), "not_found", 1, _UNKNOWN_ADDRESS, 404, places=svt)
    for number in (405, 406, 415):
        yield Fault(f"D12-{number}", _always(status(number)), "bad_response", 1, "API version", number)
        yield Fault(f"D12-{number}-with-reason", _always(refusal(number)), "bad_response", 1, REASON, number)
    for number in (409, 423):
        yield Fault(f"D13-{number}", _always(refusal(number)), "conflict", 1, REASON, number)
    for number in (412, 422, 400):
        row = "D14" if number == 412 else "D15"
        yield Fault(f"{row}-{number}", _always(refusal(number)), "input", 1, REASON, number)
    for number in (413, 414):
        # long lists of filters are split before they are sent, see test_lists.py
        yield Fault(f"D14-{number}", _always(status(number)), "input", 1, "too large", number)
    yield Fault("D15-long-reason", _always(refusal(400, "Reason. " * 200_000)), "input", 1, "Reason. Reason.", 400)
    yield Fault("D15-reason-with-controls", _always(refusal(400, "a\r\nb\x1b[31m\x00\u202e")), "input", 1, "a b", 400)
    yield Fault("D15-reason-is-no-text", _always(refusal(422, {"deep": ["x"]})), "input", 1, "status 422", 422)  # type: ignore[arg-type]
    yield Fault("D9-403", _always(refusal(403)), "permission", 1, REASON, 403)
    yield Fault("D19-429-for-ever", _always(status(429)), "rate_limited", BUSY_TRIES, "slow down", 429)
    for value in ("soon", "-5", "1.5", "", "9" * 400, "Thu, 99 Foo 2026 99:99:99 GMT"):
        name = (value[:4] or "empty").strip().lower().rstrip(",")
        late = status(429, {"Retry-After": value})
        yield Fault(f"D18-429-retry-after-{name}", _always(late), None, 2, times=1)
    for number in (500, 502, 503, 504):
        yield Fault(f"D20-{number}-once", _always(status(number)), None, 2, times=1)
        tries = BUSY_TRIES if number in BUSY else TRIES
        yield Fault(f"D20-{number}-for-ever", _always(status(number)), "server", tries, f"status {number}", number)
    yield Fault("D20-503-three-times", _always(status(503)), None, 4, times=3)
    for number in (501, 505, 507):
        yield Fault(f"D22-{number}", _always(refusal(number)), "server", 1, REASON, number)
    for number in (201, 202, 203):
        yield Fault(f"D24-{number}", _always({"relabel": number}), None, 1)
    yield Fault("D24-204", _always(status(204, body="")), "bad_response", TRIES, "empty")


# Without `wait` a task that the server does not know is left out of the list, as an unknown id is in every list.
_UNKNOWN_TASK: Mapping[str, str | None] = {"svt_task_info": None}
_UNKNOWN_ADDRESS = {"simplivity": "API version may be too old", "acronis": "check datacenter_url"}


def _bodies() -> Iterator[Fault]:
    for name, action in BROKEN_BODIES.items():
        # what is no JSON may come from something in between and is asked for again; a document of another shape is
        # what this server says
        tries = 1 if name.startswith(("D23", "E3", "E4")) else TRIES
        yield Fault(f"{name}-for-ever", _always(action), "bad_response", tries, "sent")
    for name in ("D25-maintenance-page", "E1-empty", "E9-deep"):
        yield Fault(f"{name}-once", _always(BROKEN_BODIES[name]), None, 2, times=1)
    for name in SPOILED_BODIES:
        yield Fault(name, lambda place, name=name: spoiled(name, place.key), "bad_response", TRIES, "cannot be used")  # type: ignore[misc]
    yield Fault("E2-json-called-page", _always({"headers": {"content-type": "text/html"}}), None, 1)
    yield Fault("E6-byte-order-mark", _always({"edit": [["{", "\xef\xbb\xbf{"]]}), None, 1)


def _shapes() -> Iterator[Fault]:
    def mutated(path: str, value: Any) -> Make:
        return lambda place: {"mutate": {path.format(key=place.key, first=place.first): value}}

    def removed(path: str) -> Make:
        return lambda place: {"remove": [path.format(key=place.key, first=place.first)]}

    def bad(id: str, make: Make, says: str = "", places: Sequence[Place] = READERS) -> Fault:
        return Fault(f"E4-{id}", make, "bad_response", 1, says, places=places)

    svt = [place for place in READERS if place.api == "simplivity"]
    svt_lists = [place for place in svt if place.answers == LIST]
    named = [place for place in svt if place.answers == OBJECT]
    not_tasks = [place for place in READERS if place.answers != TASK]
    yield bad("key-missing", removed("{key}"))
    yield bad("key-null", mutated("{key}", None))
    yield bad("key-text", mutated("{key}", "x"))
    yield bad("key-number", mutated("{key}", 5))
    yield bad("list-holds-null", mutated("{first}", None))
    yield bad("list-holds-text", mutated("{first}", "x"))
    yield bad("object-where-a-list-is-due", mutated("{key}", {"a": {}}), places=LISTS)
    yield bad("list-where-an-object-is-due", mutated("{key}", [{}]), places=[p for p in svt if p.answers != LIST])
    yield bad("id-missing", removed("{first}.id"), places=svt)
    for name, value in (("null", None), ("number", 5), ("true", True), ("object", {})):
        # numbers are no ids of this API: E16 asks to normalise what differs between calls, and none of its calls do
        yield bad(f"id-{name}", mutated("{first}.id", value), places=svt)
    for name, value in (("missing", "$gone"), ("null", None), ("text", "3"), ("negative", -1), ("true", True)):
        make = removed("count") if value == "$gone" else mutated("count", value)
        yield bad(f"count-{name}", make, "its count", svt_lists)
    yield bad("name-missing", removed("{key}.name"), "without a name", named)
    yield bad("name-number", mutated("{key}.name", 5), "without a name", named)
    yield bad("another-object", mutated("{key}.id", "another"), "another", named)
    yield Fault("F11-another-task", mutated("{key}.id", "another"), "bad_response", 1, "other than", places=_TASKS)
    no_id: Make = lambda place: {"remove": [f"{place.first}.id", f"{place.first}.idString"]}  # noqa: E731
    yield bad("id-missing", no_id, "their ids", ACRONIS_LISTS)
    for name, value in (("float", 5.5), ("true", True), ("object", {})):
        # a float has lost digits already, so it is refused rather than normalised (E16)
        make = _without_twin(value)
        yield Fault(f"E16-id-{name}", make, "bad_response", 1, "their ids", places=ACRONIS_LISTS)
    for name, value in (("number", 5), ("list", ["x"]), ("true", True)):
        yield bad(f"page-token-{name}", mutated("paging.cursors.after", value), "page token", ACRONIS_LISTS)
    yield Fault(
        "E5-unknown-fields-and-states",
        lambda place: {"mutate": {f"{place.first}.brandNew": {"a": [1, None]}, f"{place.first}.state": "FROZEN"}},
        None,
        1,
        check=_shows(state="FROZEN"),
        places=not_tasks,
    )
    yield Fault(
        "E11-lone-surrogate",
        lambda place: {"edit": [[f'"{place.text}":"', f'"{place.text}":"\\ud800']]},
        None,
        1,
        check=_text_begins("\\ud800"),
    )
    yield Fault(
        "E12-controls",
        lambda place: {"edit": [[f'"{place.text}":"', f'"{place.text}":"\\u0000\\u001b[2J\\u202e']]},
        None,
        1,
        check=_text_begins("\x00\x1b[2J\u202e"),
    )
    for key in ("__ansible_type", "__ansible_unsafe", "__ansible_vault"):
        yield Fault(
            f"E13-{key.removeprefix('__ansible_')}",
            lambda place, key=key: {"mutate": {f"{place.first}.{key}": "x"}},  # type: ignore[misc]
            None,
            1,
            check=_shows(**{f"api{key}": "x"}),
        )
    yield Fault("E14-ansible's-own-keys", _ansible_keys, None, 1, check=_decides_nothing)
    yield Fault("E15-64-bit-numbers", mutated("{first}.big", 2**63 + 1), None, 1, check=_shows(big=2**63 + 1))
    yield Fault("E16-number-of-another-type", mutated("{first}.size", "7"), None, 1, places=not_tasks)
    huge = "x" * 10_000_000
    yield Fault(
        "E17-10-MB-text",
        lambda place: {"mutate": {f"{place.first}.big": huge}},
        None,
        1,
        check=_shows(big=huge),
        places=[place for place in READERS if place.module in ("svt_backup_info", "acronis_task_info")],
    )
    for name, value in (
        ("no-zone", "2016-03-14T22:00:00"),
        ("year-1", "0001-01-01T00:00:00Z"),
        ("year-9999", "9999-12-31T23:59:60.123456789+14:00"),
        ("offset", "2016-03-14T22:00:00.1-11:30"),
        ("no-time", "whenever"),
        ("number", 20160314),
    ):
        yield Fault(f"E18-{name}", _times(value), None, 1, check=_shows_times(value))


_TASKS = [place for place in READERS if place.answers == TASK]


def _without_twin(value: Any) -> Make:
    return lambda place: {"mutate": {f"{place.first}.id": value}, "remove": [f"{place.first}.idString"]}


def _shows(**fields: Any) -> Callable[[Place, Mapping[str, Any]], None]:
    def check(place: Place, result: Mapping[str, Any]) -> None:
        shown = place.shown(dict(result))
        assert {name: shown.get(name) for name in fields} == fields

    return check


def _text_begins(begin: str) -> Callable[[Place, Mapping[str, Any]], None]:
    def check(place: Place, result: Mapping[str, Any]) -> None:
        # a rename shows the backup as it was read back, with its new name
        assert place.answers == OBJECT or str(place.shown(dict(result))[place.text]).startswith(begin)

    return check


_KEYS = {"changed": True, "failed": True, "skipped": True, "unreachable": True, "ansible_facts": {"a": 1}, "msg": "no"}


def _ansible_keys(place: Place) -> Action:
    return {"mutate": {**_KEYS, **{f"{place.first}.{key}": value for key, value in _KEYS.items()}}}


def _decides_nothing(place: Place, result: Mapping[str, Any]) -> None:
    assert result["changed"] is False or place.answers == OBJECT
    assert not {"failed", "skipped", "unreachable", "ansible_facts", "msg"} & set(result)
    assert place.shown(dict(result))["failed"] is True, "the API's own field is lost"


_TIME_FIELDS = ("created_at", "expiration_time", "date", "start_time", "end_time", "startedAt", "completedAt")


def _times(value: Any) -> Make:
    return lambda place: {"mutate": {f"{place.first}.{name}": value for name in _TIME_FIELDS}}


def _shows_times(value: Any) -> Callable[[Place, Mapping[str, Any]], None]:
    def check(place: Place, result: Mapping[str, Any]) -> None:
        shown = place.shown(dict(result))
        assert [shown[name] for name in ("created_at", "start_time", "completed_at") if name in shown].count(value)

    return check


FAULTS: Sequence[Fault] = (*_statuses(), *_bodies(), *_shapes())
CELLS = [(fault, place) for fault in FAULTS for place in fault.places]
