# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No role and no playbook reads data as code, pastes it into an expression or makes a file of it; no module does.

So the rows on CSV, HTML and file names (H9, H10, H11) have nothing to act on: the collection writes no reports. The one
file that it writes, the journal of submissions, is named after a digest.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from properties.catalogue import ROOT

PLAYS = sorted(
    path
    for directory in ("roles", "playbooks")
    for path in (ROOT / directory).rglob("*")
    if path.suffix in (".yml", ".yaml", ".j2", ".json")
)
# modules that read a file as variables, run a program, or write a file
FORBIDDEN_MODULES = frozenset(
    "include_vars add_host group_by shell command raw script expect copy template lineinfile blockinfile replace file"
    " assemble fetch slurp synchronize get_url unarchive csvfile win_copy win_template local_action".split()
)
# H2, H12: what makes variables or objects of a text; pipe and unsafe built-ins; JMESPath queries (H3)
FORBIDDEN_EXPRESSIONS = re.compile(
    r"\b(include_vars|vars_files|from_yaml(_all)?|from_ini|literal_eval|json_query|community\.general"
    r"|(lookup|query|q)\s*\(\s*['\"](ansible\.builtin\.)?(pipe|lines|vars|file|url|ini|csvfile|unvault)['\"]"
    r"|__class__|__globals__|!unsafe|!!python)"
)
CONDITIONS = ("when", "that", "failed_when", "changed_when", "until")
# the engine's and the modules' Python
SOURCES = sorted((ROOT / "plugins").rglob("*.py"))
FORBIDDEN_IMPORTS = frozenset(("pickle", "yaml", "subprocess", "csv", "html"))
FORBIDDEN_CALLS = frozenset("eval exec __import__ open fdopen input system popen Popen unsafe_load".split())
# What works with files that the user, or Ansible, names; no name of an object is part of a path (H10, H11).
FILES = {
    "plugins/module_utils/_core/journal.py": {"open", "fdopen"},
    "plugins/module_utils/_core/output_file.py": {"open"},
    "plugins/module_utils/_core/progress_file.py": {"open"},
    "plugins/plugin_utils/_evidence/formats.py": {"csv"},
    "plugins/plugin_utils/_forked.py": {"open", "fdopen"},
    "plugins/plugin_utils/_progress_records.py": {"open"},
    "plugins/plugin_utils/_progress_session.py": {"open"},
    "playbooks/rename_campaign.yml": {"ansible.builtin.copy", "lookup('ansible.builtin.file'"},
    "roles/backup_report/tasks/gather.yml": {"lookup('ansible.builtin.file'"},
    "roles/backup_report/tasks/main.yml": {"ansible.builtin.file"},
    "roles/backup_report/tasks/merge.yml": {"query('ansible.builtin.file'"},
    "roles/backup_report/tasks/write.yml": {"ansible.builtin.copy", "ansible.builtin.template"},
}


def faults_of_text(text: str) -> list[str]:
    """The expressions in a file that would read data as code."""
    return [found.group() for found in FORBIDDEN_EXPRESSIONS.finditer(text)]


def faults_of_tasks(content: Any) -> list[str]:
    """Tasks that write files or run programs, and conditions into which a value is pasted."""
    found = []
    for task in _mappings(content):
        found += [key for key in task if str(key).rpartition(".")[2] in FORBIDDEN_MODULES]
        for name in CONDITIONS:
            given = task.get(name)
            texts = given if isinstance(given, list) else [given]
            found += [f"{name}: {text}" for text in texts if isinstance(text, str) and "{{" in text]
    return found


def _mappings(content: Any) -> Iterator[Mapping[Any, Any]]:
    if isinstance(content, Mapping):
        yield content
    for inner in content.values() if isinstance(content, Mapping) else content if isinstance(content, list) else ():
        yield from _mappings(inner)


def faults_of_python(source: str, allowed: frozenset[str] | set[str] = frozenset()) -> list[str]:
    """Calls that run a text, start a program, or open a file."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in FORBIDDEN_CALLS - allowed:
                found.append(f"{name} in line {node.lineno}")
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            found += [f"import of {name}" for name in names if name in FORBIDDEN_IMPORTS - allowed]
    return found


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=f"H2-H3-H9-H10-H11-H12-{path.relative_to(ROOT)}") for path in PLAYS]
)
def test_no_play_reads_data_as_code_or_writes_a_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    allowed = FILES.get(str(path.relative_to(ROOT)), set())
    assert set(faults_of_text(text)) <= allowed
    if path.suffix != ".j2" and "meta" not in path.parts:
        assert set(faults_of_tasks(yaml.safe_load(text))) <= allowed


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=f"H9-H10-H11-H12-{path.relative_to(ROOT)}") for path in SOURCES]
)
def test_no_module_runs_a_text_or_opens_a_file(path: Path) -> None:
    allowed = FILES.get(str(path.relative_to(ROOT)), set())
    assert faults_of_python(path.read_text(encoding="utf-8"), allowed) == []


def test_there_is_something_to_look_at() -> None:
    assert {"main.yml", "name.j2", "demo.yml"} <= {path.name for path in PLAYS}
    assert {"journal.py", "svt_backup_rename.py"} <= {path.name for path in SOURCES}


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param("x: \"{{ lookup('pipe', backup.name) }}\"", id="H1-pipe"),
        pytest.param('x: "{{ names | from_yaml }}"', id="H2-H12-from_yaml"),
        pytest.param("x: \"{{ lookup('ansible.builtin.file', plan) }}\"", id="H2-file"),
        pytest.param('x: "{{ backups | json_query(q) }}"', id="H3-jmespath"),
    ],
)
def test_the_check_of_expressions_can_fail(bad: str) -> None:
    assert faults_of_text(bad) != []


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param("- block: [{ansible.builtin.include_vars: {file: plan.yml}}]", id="H2-include_vars"),
        pytest.param("- {ansible.builtin.copy: {content: a, dest: b}}", id="H9-H10-H11-copy"),
        pytest.param("- {debug: {msg: a}, when: \"'{{ backup.name }}' == x\"}", id="H3-pasted"),
        pytest.param("- {assert: {that: [a == b, \"'{{ x }}' in y\"]}}", id="H3-pasted-in-assert"),
    ],
)
def test_the_check_of_tasks_can_fail(bad: str) -> None:
    assert faults_of_tasks(yaml.safe_load(bad)) != []


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param("open(name, 'w')", id="H11-open"),
        pytest.param("import yaml\nyaml.load(x)", id="H12-yaml"),
        pytest.param("eval(name)", id="H1-eval"),
        pytest.param("os.system(name)", id="H1-system"),
    ],
)
def test_the_check_of_python_can_fail(bad: str) -> None:
    assert faults_of_python(bad) != []
