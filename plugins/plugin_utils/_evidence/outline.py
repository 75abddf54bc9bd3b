# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What a template of a report lays out: a few rows in words, so that it loops over little and counts nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...module_utils._core.text import clean
from .judge import RANK
from .times import spoken

# GitHub and GitLab look for links and for people to call in the text as it is shown, so no escape keeps them off: what
# they look for is parted by a sign that cannot be seen, and at which no line is broken.
_PART = "&#8288;"
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": f"@{_PART}"}
_MARKUP = frozenset("\\`*_{}[]()#|~!")
_LIST = re.compile(r"^(\d*)([-+=.)])")
_LINK = re.compile(r"(?i)(?:www|mailto|xmpp)(?=[.:])|:(?=//)")
_SIZED = {"simplivity": "SimpliVity {}, before deduplication", "acronis": "Acronis {}, saved by single runs"}
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def outline(evidence: Mapping[str, Any], rows: int = 200) -> dict[str, Any]:
    """Texts for people: the machines that need attention first, at most `rows` in each list, and how many are left out.

    Names are cleaned of what cannot be seen; they are still to be escaped for where they go.
    """
    if rows < 1:
        raise ValueError(f"rows: {rows} is too few; give 1 or more")
    machines = {one["key"]: one for one in evidence["machines"]}
    shown = [one for one in machines.values() if one["level"] in ("critical", "warning")]
    shown.sort(key=lambda one: -RANK[one["level"]])
    changes = evidence["changes"]
    return {
        "generated_at": evidence["generated_at"],
        "time_zone": evidence["time_zone"],
        "days": evidence["window"]["days"],
        "complete": evidence["complete"],
        "level": evidence["verdict"]["level"],
        "text": evidence["verdict"]["text"],
        "counts": evidence["verdict"]["counts"],
        "findings": dict(Counter(code for one in machines.values() for code in _codes(one))),
        "size": size(evidence["totals"]["size"]),
        "sizes": _sizes(evidence["groups"]["system"]),
        "growth": _growth(evidence["totals"]),
        "sources": [
            {**source, "name": clean(source["name"]), "problems": [clean(one) for one in source["problems"]]}
            for source in evidence["sources"]
        ],
        "groups": {
            by: _part([_group(group) for group in groups if group["name"] is not None], rows)
            for by, groups in evidence["groups"].items()
        },
        "failures": _part(
            [
                {
                    **one,
                    "code": _code(one),
                    "cause": clean(one["cause"]),
                    "machines": len(one["machines"]),
                }
                for one in evidence["failures"]
            ],
            rows,
        ),
        "changes": {
            "since": changes["since"],
            "gone": _part([_named(one) for one in changes["gone"]], rows),
            **{
                kind: _part([_named(machines[key]) for key in changes[kind]], rows)
                for kind in ("new", "broke", "recovered")
            },
        },
        "machines": _part([_machine(one) for one in shown], rows),
        "excluded": _part([_machine(one) for one in machines.values() if one["status"] == "excluded"], rows),
    }


def size(value: int | None) -> str:
    """Bytes for people: `1.2 TB`."""
    if value is None:
        return "–"
    number, unit = float(value), 0
    while number >= 999.5 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:.0f} {_UNITS[unit]}" if number >= 99.5 or not unit else f"{number:.1f} {_UNITS[unit]}"


def _sizes(systems: Iterable[Mapping[str, Any]]) -> str:
    """The size told apart where systems are added up that mean unlike things by it."""
    known = [one for one in systems if one["name"] in _SIZED and one["size"] is not None]
    return "; ".join(_SIZED[one["name"]].format(size(one["size"])) for one in known) if len(known) > 1 else ""


def _codes(machine: Mapping[str, Any]) -> Iterable[str]:
    """What is found of a machine, each once, though it be of several plans."""
    return dict.fromkeys(finding["code"] for finding in machine["findings"])


def _growth(totals: Mapping[str, Any]) -> str:
    if totals["size"] is None:
        return "–"
    difference = totals["size_history"][-1] - totals["size_history"][0]
    return ("+" if difference >= 0 else "−") + size(abs(difference))


def _code(failure: Mapping[str, Any]) -> str:
    """The code, where it tells more than the cause does already."""
    return "" if failure["code"] == failure["cause"] else clean(failure["code"] or "")


def _part(many: Sequence[Any], rows: int) -> dict[str, Any]:
    return {"rows": list(many[:rows]), "more": max(0, len(many) - rows)}


def _place(one: Mapping[str, Any]) -> str:
    return clean(one["tenant"] or one["cluster"] or one["system"])


def _named(one: Mapping[str, Any]) -> dict[str, str]:
    return {"name": clean(one["name"]), "place": _place(one), "system": one["system"], "status": one["status"]}


def _machine(one: Mapping[str, Any]) -> dict[str, Any]:
    exclusion = one["exclusion"] or {}
    return {
        **_named(one),
        "level": one["level"],
        "policy": clean(one["policy"] or ""),
        "age": "never" if one["age"] is None else spoken(one["age"]),
        "objective": spoken(one["objective"]["max_age"]),
        "size": size(one["size"]),
        "days": one["days"],
        "findings": [{**finding, "text": clean(finding["text"])} for finding in one["findings"]],
        "reason": clean(exclusion.get("reason") or ""),
        "expires": exclusion.get("expires") or "",
    }


def _group(group: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": clean(group["name"]),
        "level": group["level"],
        "counts": group["counts"],
        "size": size(group["size"]),
        "oldest": "–" if group["oldest_age"] is None else spoken(group["oldest_age"]),
    }


def markdown(value: Any) -> str:
    """Text for any place in Markdown, cells of tables too: nothing in it is read as markup, link or HTML."""
    text = "".join(_ENTITIES.get(c) or (f"\\{c}" if c in _MARKUP else c) for c in clean(value))
    return _LINK.sub(rf"\g<0>{_PART}", _LIST.sub(r"\1\\\2", text))
