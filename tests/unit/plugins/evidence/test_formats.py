# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What other tools read of evidence, read by readers that are strict, and with names that attack them."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jinja2
import pytest
import xmlschema
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence import formats
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.build import build
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.outline import markdown, outline, size
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.text import script_json
from ansible_collections.safehold.backup.tests.evidence import estate
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families

ROOT = Path(__file__).parents[4]
JUNIT = xmlschema.XMLSchema(str(ROOT / "tests" / "evidence" / "junit.xsd"))
HOSTILE = [
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)",
    "＝1+1;=cmd",
    "-2+3",
    "+1|cmd",
    "a,b\r\n\"c\"",
    "<script>alert(1)</script>",
    "</testcase>]]>",
    'x"} 1\n# EOF\n',
    "back\\slash",
    "| a | [b](http://c) `d` **e** <i>",
    "{{ lookup('pipe', 'id') }}",
    "\x00\x1b[31m\u202egnp.exe",
    "\ufffe\uffff",
    "🐘",
    " ",
]  # fmt: skip


def hostile() -> dict[str, Any]:
    """Evidence in which everything that comes from elsewhere is bad."""
    machines, backups, tasks = [], [], []
    for name in HOSTILE:
        machines.append(estate.machine(name, "Boston") | {"omnistack_cluster_name": name, "policy_name": name})
        backups += estate.nightly(name, "Boston", 5, "ppf")
        run = estate.runs(name, "1496265", name, 5, "oe")[1]
        run["tenant"] = {"id": "1", "name": name}
        run["result"]["error"] = {"code": name, "context": {"effect_str": name, "cause_str": name}}
        tasks.append(run)
    failed = {"failed": True, "msg": "".join(HOSTILE)}
    return build(
        [
            {"system": "simplivity", "name": HOSTILE[5], "virtual_machines": machines, "backups": backups},
            {"system": "acronis", "name": "x", "tasks": tasks, "activities": failed},
        ],
        estate.NOW,
        objectives=[{"label": HOSTILE[5], "max_age": "1h"}],
        exclusions=[{"name": HOSTILE[0], "reason": HOSTILE[5], "expires": "2026-12-31"}],
    )


ESTATES = {"sample": estate.sample(), "hostile": hostile(), "empty": build([], estate.NOW)}
every_estate = pytest.mark.parametrize("evidence", [pytest.param(one, id=name) for name, one in ESTATES.items()])


@every_estate
def test_csv_is_read_by_a_strict_reader(evidence: dict[str, Any]) -> None:
    text = formats.csv_text(evidence)
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert len(rows) == len(evidence["machines"]) == text.count("\r\n") - 1
    for row, machine in zip(rows, evidence["machines"], strict=True):
        assert None not in row and None not in row.values()
        assert row["status"] == machine["status"]
        assert not [value for value in row.values() if value[:1] in tuple("=+-@|%\t\r\n＝＋－＠｜％")]
        assert not re.search(r"[\x00-\x1f\u202e]", "".join(row.values()))


def test_csv_keeps_numbers_numbers() -> None:
    (row,) = [one for one in csv.DictReader(io.StringIO(formats.csv_text(estate.sample()))) if one["name"] == "web01"]
    assert (row["age_seconds"], row["objective_seconds"], row["recovered"]) == ("28800", "93600", "false")
    assert row["size_bytes"] == str(55 * estate.GB)


@every_estate
def test_junit_is_accepted_by_its_schema(evidence: dict[str, Any]) -> None:
    text = formats.junit(evidence)
    JUNIT.validate(text.partition("\n")[2])
    root = ET.fromstring(text.encode())  # noqa: S314
    cases = root.findall("testsuite/testcase")
    red = [case for case in cases if case.find("failure") is not None]
    assert len(red) == evidence["verdict"]["counts"]["critical"] == int(root.get("failures", ""))
    assert len(root.findall("testsuite/testcase/skipped")) == evidence["verdict"]["counts"]["excluded"]
    incomplete = [source for source in evidence["sources"] if not source["complete"]]
    # without any machine there is an error that says so, as no test at all is green everywhere
    assert len(cases) == (len(evidence["machines"]) + len(incomplete) or 1)


def test_junit_tells_machines_of_one_name_apart() -> None:
    """A pipeline shows one of those that have the same class and name."""
    machines = [
        estate.machine(name, "Boston") | {"id": str(n)} for n, name in enumerate(["a", "b", "b", "c\x07d", "c\\x07d"])
    ]
    machines += [estate.machine("b", "Worcester") | {"id": "5"}, estate.machine("d" * 1500, "Boston") | {"id": "6"}]
    machines += [estate.machine("d" * 1501, "Boston") | {"id": "7"}, estate.machine("b (1)", "Boston") | {"id": "8"}]
    failed = {"failed": True, "msg": "no answer"}
    source = {"system": "acronis", "name": "eu2", "tasks": failed}
    sources = [{"system": "simplivity", "virtual_machines": machines, "backups": []}, source, source]
    text = formats.junit(build(sources, estate.NOW))
    JUNIT.validate(text.partition("\n")[2])
    cases = [(one.get("classname"), one.get("name")) for one in ET.fromstring(text.encode()).iter("testcase")]  # noqa: S314
    assert len(cases) == len(set(cases)) == 11
    assert {name for place, name in cases if place == "simplivity.Boston" and len(str(name)) < 100} == {
        "a", "b (1) (1)", "b (2)", "b (1) (8)", "c\\x07d (3)", "c\\x07d (4)"
    }  # fmt: skip
    assert ("simplivity.Worcester", "b") in cases
    assert {name for place, name in cases if place == "sources"} == {"acronis eu2 (2)", "acronis eu2 (3)"}


def test_junit_says_why() -> None:
    root = ET.fromstring(formats.junit(estate.sample()).encode())  # noqa: S314
    found = {case.get("name"): case for case in root.iter("testcase")}
    failure = found["XRAY-SRV"].find("failure")
    assert failure is not None
    assert failure.get("type") == "failed"
    assert "The cloud storage cannot be reached" in str(failure.get("message"))
    skipped = found["build-agent-7"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "excluded until 2027-01-01T00:00:00Z: made anew every night"
    assert found["web01"].find("failure") is None


def test_a_backup_of_the_future_is_no_good_news_in_any_format() -> None:
    backups = [estate.backup("vm", estate.NOW + estate.DAY, "Boston"), *estate.nightly("vm", "Boston", 1, "pff")]
    found = build([{"system": "simplivity", "virtual_machines": [estate.machine("vm", "Boston")], "backups": backups}],
                  estate.NOW)  # fmt: skip
    assert found["verdict"]["text"] == "1 of 1 machine needs attention: 1 failed."
    (row,) = csv.DictReader(io.StringIO(formats.csv_text(found)))
    age = 2 * estate.DAY + 8 * estate.HOUR
    assert (row["status"], row["age_seconds"], row["consecutive_failures"]) == ("failed", str(age), "2")
    assert "is dated 2026-03-17T06:00:00Z" in row["findings"]
    assert "is dated 2026-03-17T06:00:00Z" in str(ET.fromstring(formats.junit(found).encode()).findtext(".//failure"))  # noqa: S314
    metrics = {one.name: one.samples for one in text_string_to_metric_families(formats.openmetrics(found))}
    assert [metrics[f"safehold_backup_machine_{name}"][0].value for name in ("ok", "age_seconds")] == [0, age]


def test_a_machine_counts_once_for_what_is_found_of_several_plans() -> None:
    runs = [
        run | {"id": f"{plan} {run['id']}"} for plan in "AB" for run in estate.runs("srv", "1496265", plan, 1, "oe")
    ]
    found = build([{"system": "acronis", "tasks": runs}], estate.NOW)
    assert [one["code"] for one in found["machines"][0]["findings"]] == ["failed", "stale"] * 2
    assert outline(found)["findings"] == {"failed": 1, "stale": 1}


def test_sizes_that_mean_unlike_things_are_told_apart() -> None:
    page = Page()
    page.feed(rendered("mail.html.j2", estate.sample()))
    for text in (page.text, rendered("report.md.j2", estate.sample())):
        assert re.search(
            r"[\d.]+ TB in all \W*\(Acronis [\d.]+ GB, saved by single runs; SimpliVity [\d.]+ TB, before", text
        )
    assert outline(ESTATES["empty"])["sizes"] == ""


@every_estate
def test_openmetrics_is_read_by_the_official_parser(evidence: dict[str, Any]) -> None:
    families = {one.name: one for one in text_string_to_metric_families(formats.openmetrics(evidence))}
    by_status = {one.labels["status"]: one.value for one in families["safehold_backup_machines"].samples}
    counts = evidence["verdict"]["counts"]
    assert by_status == {name: counts[name] for name in ("protected", "stale", "failed", "never", "excluded")}
    told = {one.labels["key"]: one.value for one in families["safehold_backup_machine_age_seconds"].samples}
    assert told == {one["key"]: one["age"] for one in evidence["machines"] if one["age"] is not None}
    assert families["safehold_backup_evidence_complete"].samples[0].value == evidence["complete"]


class Page(HTMLParser):
    """The elements of a page, and whether they are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(template: str, evidence: dict[str, Any], title: str = "Backup report") -> str:
    """A report as the role makes it; Ansible sets these two options of Jinja for templates."""
    loader = jinja2.FileSystemLoader(ROOT / "roles" / "backup_report" / "templates")
    environment = jinja2.Environment(loader=loader, trim_blocks=True, undefined=jinja2.StrictUndefined)  # noqa: S701
    environment.filters["safehold.backup.markdown_text"] = markdown
    environment.filters["safehold.backup.script_json"] = script_json
    told = {"backup_report_outline": outline(evidence), "backup_report_json": json.dumps(evidence)}
    return environment.get_template(template).render(**told, backup_report_title=title)


@every_estate
def test_mail_is_html_without_scripts_and_nothing_from_elsewhere(evidence: dict[str, Any]) -> None:
    text = rendered("mail.html.j2", evidence, "<b>title</b>")
    page = Page()
    page.feed(text)
    page.close()
    assert not page.open
    tags = {tag for tag, _attributes in page.seen}
    assert not tags & {"script", "img", "link", "style", "iframe", "i"}
    assert not [attributes for _tag, attributes in page.seen if {"src", "href", "onclick"} & set(attributes)]
    assert "<b>title</b>" in page.text
    if evidence["machines"]:
        assert evidence["verdict"]["text"] in page.text


def test_mail_and_markdown_tell_warnings_from_what_needs_attention() -> None:
    page, markdown_report = Page(), rendered("report.md.j2", estate.sample())
    page.feed(rendered("mail.html.j2", estate.sample()))
    for text in (page.text, markdown_report):
        red, amber = (text.split(head)[1] for head in ("Needs attention\n", "With a warning\n"))
        red, amber = red.split("With a warning\n")[0], amber.split("Changes since")[0]
        assert "XRAY-SRV" in red and "file01" not in red
        assert "file01" in amber and "XRAY-SRV" not in amber


def test_mail_and_markdown_name_what_needs_attention() -> None:
    page, markdown_report = Page(), rendered("report.md.j2", estate.sample())
    page.feed(rendered("mail.html.j2", estate.sample()))
    for text in (page.text, markdown_report):
        for word in ("XRAY-SRV", "intranet-new", "legacy-erp", "there is no good backup", "Bluewater Hotels", "Silver"):
            assert word in text, word
        assert "printserver" in text  # gone
        assert "made anew every night" in text  # excluded


@every_estate
def test_markdown_tables_keep_their_shape(evidence: dict[str, Any]) -> None:
    text = rendered("report.md.j2", evidence)
    widths: list[set[int]] = [set()]
    for line in text.splitlines():
        if line.startswith("|"):
            widths[-1].add(len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)))
        elif widths[-1]:
            widths.append(set())
    assert all(len(widths_of_one) <= 1 for widths_of_one in widths)
    assert not re.search(r"<(?!/?br>)[a-z/]", text)
    assert not re.search(r"(?<!\\)\]\(http", text)


@given(st.text(max_size=40))
def test_markdown_text_says_what_it_was_given(value: str) -> None:
    escaped = markdown(value)
    assert "\n" not in escaped
    assert not re.search(r"[<>]|&(?!lt;|gt;|amp;|#8288;)", escaped)
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]|~]", escaped)


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_script_json_ends_no_element_and_is_json(value: Any) -> None:
    value = {"value": value}  # a text by itself is taken for JSON
    text = script_json(value)
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text) == value


def test_a_mail_of_many_machines_is_not_cut() -> None:
    """Gmail shows no more than the first 102 kB."""
    names = [f"machine {number:03}" for number in range(300)]
    clusters = sorted(estate.CLUSTERS)
    found = build(
        [
            {
                "system": "simplivity",
                "virtual_machines": [
                    estate.machine(name, clusters[n % len(clusters)], f"policy {n}") for n, name in enumerate(names)
                ],
                "backups": [
                    backup
                    for n, name in enumerate(names)
                    for backup in estate.nightly(name, clusters[n % len(clusters)], 5, "pfpfpf-pfpfpff")
                ],
            }
        ],
        estate.NOW,
        objectives=[{"max_age": "1h"}],
    )
    page = Page()
    page.feed(rendered("mail.html.j2", found))
    assert "and 280 more" in page.text
    assert len(rendered("mail.html.j2", found).encode()) < 102_000


def test_rows_that_are_left_out_are_counted() -> None:
    told = outline(estate.sample(), rows=2)
    assert len(told["machines"]["rows"]) == 2
    assert told["machines"]["more"] == 11
    assert [one["level"] for one in told["machines"]["rows"]] == ["critical", "critical"]


@pytest.mark.parametrize(
    ("number", "shown"),
    [(None, "–"), (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (10**12, "1.0 TB"), (123456789, "123 MB")],
)
def test_sizes_are_spelt_out(number: int | None, shown: str) -> None:
    assert size(number) == shown
