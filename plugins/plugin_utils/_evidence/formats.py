# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: anything here may change without notice.

"""What an operator's tools read: CSV, JUnit XML and OpenMetrics text. Every value is escaped for where it goes."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from ...module_utils._core.text import clean
from .judge import CRITICAL
from .times import moment, spoken

_Evidence = Mapping[str, Any]
_LONGEST = 1000

COLUMNS = (
    "system",
    "tenant",
    "cluster",
    "policy",
    "name",
    "kind",
    "status",
    "level",
    "age_seconds",
    "objective_seconds",
    "objective",
    "last_success",
    "last_failure",
    "cause",
    "consecutive_failures",
    "recovered",
    "size_bytes",
    "backups",
    "offsite_copies",
    "offsite_last_success",
    "excluded_until",
    "exclusion_reason",
    "previous_status",
    "findings",
    "key",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def csv_text(evidence: _Evidence) -> str:
    """A row a machine, below a row of names. A spreadsheet takes no cell for a formula (reliability.md: CSV)."""
    output = io.StringIO()
    writer = csv.writer(output, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")  # RFC 4180
    writer.writerow(COLUMNS)
    for one in evidence["machines"]:
        writer.writerow(_cell(value) for value in _row(one))
    return output.getvalue()


def _row(one: Mapping[str, Any]) -> tuple[Any, ...]:
    success, failure, offsite = one["last_success"] or {}, one["last_failure"] or {}, one["offsite"] or {}
    exclusion, previous = one["exclusion"] or {}, one["previous"] or {}
    return (
        *(one[name] for name in ("system", "tenant", "cluster", "policy", "name", "kind", "status", "level", "age")),
        one["objective"]["max_age"],
        one["objective"]["name"],
        success.get("at"),
        failure.get("at"),
        failure.get("cause"),
        one["streak"]["failures"],
        one["streak"]["recovered"],
        one["size"],
        one["backups"],
        offsite.get("copies"),
        offsite.get("last_success_at"),
        exclusion.get("expires"),
        exclusion.get("reason"),
        previous.get("status"),
        "; ".join(finding["text"] for finding in one["findings"]),
        one["key"],
    )


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return value
    text = clean(value, _LONGEST)
    # a spreadsheet takes the wide forms of these signs for the same
    return "'" + text if unicodedata.normalize("NFKC", text[:1]).startswith(_FORMULA) else text


def junit(evidence: _Evidence) -> str:
    """A test suite a system with tenant or cluster, a test case a machine: red for critical, skipped for excluded."""
    root = ET.Element("testsuites", name="backups")
    suites: dict[str, list[tuple[ET.Element, str]]] = {}
    for one in evidence["machines"]:
        place = one["tenant"] or one["cluster"]
        suite = _xml(f"{one['system']}.{place}" if place else one["system"])
        suites.setdefault(suite, []).append((_case(suite, one), one["key"].partition(":")[2]))
    for n, source in enumerate(evidence["sources"], 1):
        if not source["complete"]:
            case = _error(f"{source['system']} {source['name']}", "\n".join(source["problems"]), "incomplete")
            suites.setdefault("sources", []).append((case, str(n)))
    if not suites:
        # no test at all is green everywhere
        suites["sources"] = [(_error("machines", "no machine was found", "empty"), "")]
    for name, cases in suites.items():
        _suite(root, name, evidence["generated_at"], _told_apart(cases))
    for total in ("tests", "failures", "errors", "skipped"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    ET.indent(root)
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + ET.tostring(root, encoding="unicode") + "\n"


def _told_apart(cases: Sequence[tuple[ET.Element, str]]) -> list[ET.Element]:
    """The cases of a suite, each with what no other one has. That is put behind names that are the same, of which a
    pipeline would show one, and behind those that become the same by it."""
    told = {id(case): str(case.get("name")) for case, _own in cases}
    while shared := {name for name, number in Counter(told.values()).items() if number > 1}:
        for case, own in cases:
            if told[id(case)] in shared:
                told[id(case)] += f" ({_xml(own)})"
    for case, _own in cases:
        case.set("name", told[id(case)])
    return [case for case, _own in cases]


def _suite(root: ET.Element, name: str, at: str, cases: Sequence[ET.Element]) -> None:
    suite = ET.SubElement(
        root,
        "testsuite",
        name=name,
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
        timestamp=at.rstrip("Z"),
        time="0",
    )
    suite.extend(cases)


def _case(suite: str, one: Mapping[str, Any]) -> ET.Element:
    case = ET.Element("testcase", classname=suite, name=_xml(one["name"]) or one["key"], time="0")
    told = "\n".join(finding["text"] for finding in one["findings"])
    if one["status"] == "excluded":
        exclusion = one["exclusion"]
        ET.SubElement(case, "skipped", message=_xml(f"excluded until {exclusion['expires']}: {exclusion['reason']}"))
    elif one["level"] == CRITICAL:
        first = one["findings"][0]
        ET.SubElement(case, "failure", message=_xml(first["text"]), type=first["code"]).text = _xml(told, "\n")
    elif told:
        ET.SubElement(case, "system-out").text = _xml(told, "\n")
    else:
        age = spoken(one["age"] or 0)
        ET.SubElement(case, "system-out").text = f"the newest good backup is {age} old"
    return case


def _error(name: str, problems: str, code: str) -> ET.Element:
    case = ET.Element("testcase", classname="sources", name=_xml(name), time="0")
    ET.SubElement(case, "error", message=_xml(problems), type=code).text = _xml(problems, "\n")
    return case


def _xml(value: str, kept: str = "") -> str:
    """Text with what XML cannot hold, and what moves the cursor, made visible. kept: what stays between lines."""
    return kept.join(clean(line, _LONGEST) for line in value.split(kept)) if kept else clean(value, _LONGEST)


def openmetrics(evidence: _Evidence) -> str:
    """OpenMetrics 1.0, which the text-file collector of the node exporter reads as well."""
    machines = evidence["machines"]
    counts = evidence["verdict"]["counts"]
    states = ("protected", "stale", "failed", "never", "excluded")
    failing = sum(one["level"] == CRITICAL for one in machines)
    lines = [
        *_family("evidence_timestamp_seconds", "When the evidence was made.", [({}, moment(evidence["generated_at"]))]),
        *_family("evidence_complete", "Whether all facts could be read.", [({}, int(evidence["complete"]))]),
        *_family("machines", "Machines by status.", [({"status": state}, counts[state]) for state in states]),
        *_family("machines_critical", "Machines that need attention.", [({}, failing)]),
        *_family("machine_ok", "Whether the machine needs no attention.", _each(machines, _is_ok)),
        *_family("machine_age_seconds", "Age of the newest good backup.", _each(machines, lambda one: one["age"])),
        *_family(
            "machine_objective_seconds",
            "How old it may be.",
            _each(machines, lambda one: one["objective"]["max_age"]),
        ),
        *_family("machine_size_bytes", "Size of the newest good backup.", _each(machines, lambda one: one["size"])),
        *_family(
            "machine_consecutive_failures",
            "Attempts that failed since.",
            _each(machines, lambda one: one["streak"]["failures"]),
        ),
        "# EOF",
    ]
    return "\n".join(lines) + "\n"


def _is_ok(one: Mapping[str, Any]) -> int | None:
    return None if one["status"] == "excluded" else int(one["level"] != CRITICAL)


def _each(machines: Iterable[Mapping[str, Any]], value: Any) -> Iterator[tuple[Mapping[str, Any], Any]]:
    for one in machines:
        found = value(one)
        if found is not None:
            yield {name: one[name] or "" for name in ("key", "name", "system", "tenant", "cluster", "policy")}, found


def _family(name: str, said: str, samples: Iterable[tuple[Mapping[str, Any], Any]]) -> Iterator[str]:
    name = f"safehold_backup_{name}"
    yield f"# TYPE {name} gauge"
    unit = name.rpartition("_")[2]
    if unit in ("seconds", "bytes"):
        yield f"# UNIT {name} {unit}"
    yield f"# HELP {name} {said}"
    for labels, value in samples:
        shown = ",".join(f'{label}="{_label(text)}"' for label, text in labels.items())
        yield f"{name}{{{shown}}} {value}" if shown else f"{name} {value}"


def _label(value: str) -> str:
    return clean(value, _LONGEST).replace("\\", "\\\\").replace('"', '\\"')
