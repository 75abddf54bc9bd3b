# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""The list of resources with their protection, `GET /api/resource_management/v4/resource_statuses`.

Source: the provider's description of Resource and Policy Management v4 (developer.acronis.com,
resource-policy-management/v4/reference) and its guide, "Fetching the protection status of resources". The two differ in
some names; both are read. acronis.md 5.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from .._core import filters as core
from .._core import list_results
from .._core.errors import bad_input
from .._core.filters import CONTAINS, FLAG, Condition, Filter
from .._core.listing import Listing, changed_meanwhile
from .._core.options import whole_number
from .._core.text import quoted
from .client import AcronisClient
from .resource import LARGEST_PAGE, PAGE_SIZE, pages

_PATH = "/api/resource_management/v4/resource_statuses"
_SENT = {"id": "resource_id", "agent_id": "agent_id", "parent_id": "parent_id", "type": "type"}
# How many values the API takes of each at once.
_MOST = {"id": 100, "agent_id": 100, "parent_id": 100, "type": 10}
# The guide's names of times, for those of the reference.
_TIMES = {"last_run_time": "last_run", "last_success_run_time": "last_success_run", "next_run_time": "next_run"}


class Query(NamedTuple):
    """A checked question. limit: the user's cap, none for all."""

    conditions: Sequence[Condition]
    limit: int | None
    page_size: int


class Resources:
    """Machines and whatever else Acronis protects."""

    key = "resources"
    counted: Mapping[str, str] = {"status": "status", "type": "type", "tenant": "tenant_name"}
    filters = (
        Filter("id"),
        Filter("name"),
        Filter("name_contains", CONTAINS, field="name"),
        Filter("type"),
        Filter("status"),
        Filter("agent_id"),
        Filter("parent_id", field="parent_group_ids"),
        Filter("include_deleted", FLAG),
    )

    def argument_spec(self) -> dict[str, Any]:
        """The options of the module that reads this list."""
        return {
            **core.argument_spec(self.filters),
            "limit": {"type": "int"},
            "page_size": {"type": "int", "default": PAGE_SIZE},
            **list_results.argument_spec(),
        }

    def query(self, params: Mapping[str, Any], now: float) -> Query:
        """The checked options. now: Unix seconds. Raises a Failure of kind input that names the option."""
        conditions = core.conditions(self.filters, params, now)
        for condition in conditions:
            option = condition.filter.option
            if option in _SENT:
                # several values are written `or(a,b)`, and no other sign is known by which one could be quoted
                bad = [text for text in condition.texts if set(text) & set("(),")]
                if bad:
                    raise bad_input(f"{option}: {quoted(bad[0])} holds a bracket or a comma, which no {option} does")
                if option != "id" and len(condition.texts) > _MOST[option]:
                    raise bad_input(f"{option}: the API takes {_MOST[option]} values at most; give fewer")
        return Query(
            conditions=conditions,
            limit=whole_number(params, "limit", 1, 2**31 - 1),
            page_size=whole_number(params, "page_size", 1, LARGEST_PAGE) or PAGE_SIZE,
        )

    def read(self, client: AcronisClient, query: Query) -> Listing:
        """All that match, each once, in the order of the API, up to the user's limit."""
        found: dict[str, Mapping[str, Any]] = {}
        changed = False
        for raw in chain.from_iterable(pages(client, _PATH, asked, _is_whole) for asked in _questions(query)):
            thing = serialize(raw)
            changed = changed or thing["id"] in found
            if all(_matches(condition, thing) for condition in query.conditions):
                found[thing["id"]] = thing
            if query.limit is not None and len(found) > query.limit:
                break
        kept = list(found.values())[: query.limit]
        return Listing(kept, len(kept), len(found) > len(kept), changed_meanwhile("resources") if changed else None)


def _questions(query: Query) -> list[list[tuple[str, str]]]:
    """The parameters of one request, or of several when there are many ids."""
    sent = {condition.filter.option: condition.texts for condition in query.conditions}
    ids = sent.pop("id", ())
    fixed = [(_SENT[option], _any_of(texts)) for option, texts in sent.items() if option in _SENT]
    if "include_deleted" in sent:
        fixed.append(("include_deleted", sent["include_deleted"][0].lower()))
    fixed.append(("limit", str(query.page_size)))
    parts = [ids[start : start + _MOST["id"]] for start in range(0, len(ids), _MOST["id"])]
    return [[("resource_id", _any_of(part)), *fixed] for part in parts] or [fixed]


def _any_of(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"or({','.join(texts)})"


def _matches(condition: Condition, thing: Mapping[str, Any]) -> bool:
    """The API has no filter for names and status; the others are checked as well, in case it leaves one out."""
    option = condition.filter.option
    return option == "include_deleted" or core.matches(condition, thing, was_sent=option in _SENT)


def _is_whole(raw: Mapping[str, Any]) -> bool:
    context = raw.get("context")
    id = context.get("id") if isinstance(context, dict) else None
    return isinstance(id, (str, int)) and not isinstance(id, bool)


def serialize(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A resource: its own fields as the API has them, and beside them its status, plans and policies."""
    thing = {**raw["context"], "id": str(raw["context"]["id"])}
    aggregate = raw.get("aggregate")
    status: Mapping[str, Any] = aggregate if isinstance(aggregate, dict) else {}
    thing["status"] = status.get("status")
    thing["plans"] = _names(status.get("names"))
    thing["policies"] = [_policy(one) for one in _dicts(raw.get("policies"))]
    for name, value in (("running", status.get("running")), ("licensing", raw.get("licensing"))):
        if isinstance(value, dict):
            thing[name] = value
    return thing


def _names(names: Any) -> list[str]:
    """The plans' names: a list, or one text with semicolons between them, and maybe blanks (acronis.md 5.1)."""
    if isinstance(names, str) and ";" in names:
        names = [name.strip() for name in names.split(";")]
    found = [names] if isinstance(names, str) else names if isinstance(names, list) else []
    return [str(name) for name in found if name]


def _policy(policy: Mapping[str, Any]) -> dict[str, Any]:
    return {_TIMES.get(name, name): value for name, value in policy.items()}


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


RESOURCES = Resources()
