# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence that the HTML report is made of in these tests."""

from __future__ import annotations

from typing import Any

from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.build import build

from evidence import estate

# What a page must show as it is, or as an escape, and never obey.
HOSTILE = [
    "<script>document.title = 'taken'</script>",
    "</script><script>document.title = 'taken'</script>",
    "<!--<script>",
    "<img src=x onerror=\"document.title='taken'\">",
    "<svg onload=\"document.title='taken'\">",
    "\"><a href='javascript:document.title=1'>x</a>",
    "{{ lookup('env', 'HOME') }} {% raw %} {# not a comment #}",
    "&lt;b&gt; &amp;",
    "${document.title}` + '",
    "line\nbreak\tand \x1b[31mred\x07",
    "gnp.\u202eexe \u200bnothing\u2028here",
    "long-" + "w" * 300,
]


def evidence() -> dict[str, dict[str, Any]]:
    """The estates by their names."""
    return {
        "sample": estate.sample(),
        "hostile": hostile(),
        "many": many(),
        "well": well(),
        "empty": build([], estate.NOW),
    }


def hostile() -> dict[str, Any]:
    """Every name, place and text of an estate is an attack."""
    tenant = {"id": "1", "name": HOSTILE[3]}
    tasks = []
    for n, name in enumerate(HOSTILE):
        (task,) = estate.runs(name, "1496265", name, 10**9, "e")
        task["tenant"] = tenant | {"id": str(n)}
        task["result"]["error"] |= {"code": name, "context": {"effect_str": name, "cause_str": name}}
        (other,) = estate.runs(name, "1496265", HOSTILE[n - 1], 10**9, "o")
        tasks += [task, {**other, "id": f"{other['id']} 2", "tenant": task["tenant"]}]
    machines = [{**estate.machine(name, "Boston", name), "omnistack_cluster_name": name} for name in HOSTILE]
    found = build(
        [
            {
                "system": "acronis",
                "name": HOSTILE[1],
                "tasks": {"tasks": tasks, "count": len(tasks), "truncated": True},
            },
            {
                "system": "simplivity",
                "name": HOSTILE[0],
                "virtual_machines": {"virtual_machines": machines, "count": len(machines), "truncated": False},
                "backups": {"backups": [], "count": 0, "truncated": False},
            },
        ],
        estate.NOW,
        objectives=[{"label": HOSTILE[0], "name": HOSTILE[4], "max_age": "1d"}],
        exclusions=[{"name": "long-*", "reason": HOSTILE[1], "expires": "2027-01-01"}],
    )
    assert len(found["machines"]) == 2 * len(HOSTILE)
    return found


def many() -> dict[str, Any]:
    """120 machines, of which every tenth has failed."""
    names = [f"vm-{number:03}" for number in range(120)]
    machines = [estate.machine(name, "Boston") for name in names]
    backups = [
        one
        for number, name in enumerate(names)
        for one in estate.nightly(name, "Boston", (number + 1) * estate.GB, "ppf" if number % 10 == 0 else "ppp", 0)
    ]
    return build([_simplivity(machines, backups)], estate.NOW, days=30, time_zone="Europe/Berlin")


def well() -> dict[str, Any]:
    """Three machines, all of them protected."""
    names = ["web01", "web02", "db01"]
    backups = [one for name in names for one in estate.nightly(name, "Boston", 40 * estate.GB, "pppppp")]
    return build([_simplivity([estate.machine(name, "Boston") for name in names], backups)], estate.NOW)


def _simplivity(machines: list[Any], backups: list[Any]) -> dict[str, Any]:
    return {
        "system": "simplivity",
        "name": "svt.example.com",
        "virtual_machines": {"virtual_machines": machines, "count": len(machines), "truncated": False},
        "backups": {"backups": backups, "count": len(backups), "truncated": False},
    }
