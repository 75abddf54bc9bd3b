# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every block of code in the documents is run, or checked in a way that is named here."""

from __future__ import annotations

import fcntl
import json
import re
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import KINDS

import workspace
from integration.modules.harness.runs import ROOT, Ansible
from integration.readme.blocks import Block, blocks, documents
from integration.readme.calls import check_call
from simulator.process import Simulator

BLOCKS = list(blocks())
MADE_HERE = ("help", "demo", "docs", "build")
# The other targets of the Makefile, and why they are not made here.
NOT_MADE_HERE = {
    "test": "this test is a part of it",
    "quick": "its steps are steps of make test",
    "lint": "its steps are steps of make test",
    "faults": "it is a step of make test",
    "soak": "it takes half an hour",
    "ways": "it takes half an hour; the step `ways` is its shorter form",
    "bench": "it takes twenty minutes, and wants the machine for itself",
    "cast": "it records the picture in the README anew",
    "venv": "the environment that this test runs in",
    "matrix": "the step `versions` is its shorter form",
    "lock": "it asks the package index for the newest releases",
    "clean": "it would remove what this test runs in",
}
FRAGMENT_SECTIONS = {
    "minor_changes", "bugfixes", "breaking_changes", "deprecated_features", "removed_features", "security_fixes",
    "known_issues", "trivial",
}  # fmt: skip


# Files of variables that documents show: the first line of the block names the file.
VARIABLES = {
    (block.document, name[1]): block.text
    for block in BLOCKS
    if block.language == "yaml" and (name := re.match(r"# (\w+\.yml)\n", block.text))
}
CALLS = [line[2:] for block in BLOCKS for line in block.text.splitlines() if line.startswith("$ ansible-playbook ")]
FIRST_CALLS = {next(call for call in CALLS if f"@{name}" in call) for _document, name in VARIABLES}


def _of(*languages: str) -> list[Any]:
    return [pytest.param(block, id=str(block)) for block in BLOCKS if block.language in languages]


def test_every_block_is_of_a_known_kind() -> None:
    unknown = [str(block) for block in BLOCKS if block.language not in ("yaml", "console", "text", "ini")]
    assert not unknown, f"say what they are, or teach this test to treat them: {unknown}"
    assert len(BLOCKS) > 20


@pytest.mark.parametrize("document", sorted({block.document for block in BLOCKS if block.language == "yaml"}))
def test_yaml(ansible: Ansible, tmp_path: Path, document: str) -> None:
    """Runs the blocks of a document one after the other, each on a simulator that is as at its start."""
    plays = []
    for block in (block for block in BLOCKS if (block.document, block.language) == (document, "yaml")):
        if block.text in VARIABLES.values():
            continue
        content = yaml.safe_load(block.text)
        if isinstance(content, dict):
            assert set(content) <= FRAGMENT_SECTIONS, f"{block}: neither tasks nor plays nor a changelog fragment"
            continue
        kinds = {"hosts" in one for one in content}
        assert len(kinds) == 1, f"{block}: plays and tasks in one block"
        plays.append(_reset(ansible, block))
        plays.append(_for_the_simulator(ansible, block.text) if kinds == {True} else _as_play(ansible, block))
    if not plays:
        return
    playbook, secrets = tmp_path / "playbook.yml", tmp_path / "secrets.json"
    playbook.write_text("\n".join(plays), encoding="utf-8")
    secrets.write_text(json.dumps(ansible.secrets), encoding="utf-8")
    done = ansible.command(["playbook", "-e", f"@{secrets}", str(playbook)])
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    assert "[WARNING]" not in output, output
    assert "[DEPRECATION" not in output, output
    ansible.scan(output, ansible.issued_tokens())


def _reset(ansible: Ansible, block: Block) -> str:
    """A play that makes the simulator as at its start; a lookup, since that costs no module."""
    url = ansible.simulator.announcement["control_url"] + "/reset"
    code = f"import urllib.request as u; u.urlopen(u.Request('{url}', data=b'', method='POST')).read()"
    lookup = "{{ lookup('ansible.builtin.pipe', command) }}"
    task = {
        "name": str(block),
        "ansible.builtin.debug": {"msg": lookup},
        "vars": {"command": f'{sys.executable} -c "{code}"'},
    }
    return yaml.safe_dump(
        [{"name": str(block), "hosts": "localhost", "gather_facts": False, "tasks": [task]}], width=1000
    )


def _as_play(ansible: Ansible, block: Block) -> str:
    tasks = "".join(
        f"    {line}" if line.strip() else line
        for line in _for_the_simulator(ansible, block.text).splitlines(keepends=True)
    )
    return f"- name: {block}\n  hosts: localhost\n  gather_facts: false\n  tasks:\n{tasks}"


def _for_the_simulator(ansible: Ansible, text: str) -> str:
    """The block with the simulator in place of the systems that it names as examples."""
    svt, cloud = ansible.simulator.simplivity, ansible.simulator.acronis
    text = re.sub(r"^( *)host: svt\.example\.com$", rf"\1host: {svt['host']}\n\1port: {svt['port']}", text, flags=re.M)
    text = text.replace("https://svt.example.com", f"https://{svt['host']}:{svt['port']}")
    text = text.replace("http://127.0.0.1:8445", ansible.simulator.announcement["control_url"])
    text = text.replace("https://eu2-cloud.acronis.com", cloud["datacenter_url"])
    return text.replace("/etc/ssl/certs/simplivity.pem", ansible.simulator.ca_path)


@pytest.mark.parametrize("block", _of("console"))
def test_console(ansible: Ansible, tmp_path: Path, block: Block) -> None:
    commands = re.sub(r"\\\n\s*", "", block.text).strip().splitlines()
    assert all(line.startswith("$ ") for line in commands), f"{block}: each line is a command after '$ '"
    for (document, name), text in VARIABLES.items():
        if document == block.document:
            (ansible.directory / name).write_text(text, encoding="utf-8")
    for line in commands:
        command = line.removeprefix("$ ")
        if command.startswith("ansible-playbook "):
            _check_playbook(ansible, block, command)
        else:
            _check_command(ansible, tmp_path, command)


def _check_command(ansible: Ansible, directory: Path, command: str) -> None:
    words = command.split()
    if words[0] == "make":
        assert len(words) == 2
        assert words[1] in {*MADE_HERE, *NOT_MADE_HERE}, command
    elif words[0] in ("ansible", "ansible-doc"):
        _check_ansible(ansible, words)
    elif words[0] == "openssl":
        svt = ansible.simulator.simplivity
        address = command.replace("svt.example.com:443", f"{svt['host']}:{svt['port']}").replace(
            "-servername svt.example.com", "-servername localhost"
        )
        done = subprocess.run(  # noqa: S602
            address, shell=True, check=False, cwd=directory, capture_output=True, encoding="utf-8", timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert "BEGIN CERTIFICATE" in (directory / "simplivity.pem").read_text(encoding="ascii")
    elif words[:3] == ["ansible-galaxy", "collection", "install"]:
        version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
        assert words[3:] in ([f"dist/safehold-backup-{version}.tar.gz"], ["safehold.backup"]), command
        if words[3].startswith("dist/"):
            galaxy = f"ANSIBLE_COLLECTIONS_PATH={directory} {sys.executable} -m ansible galaxy"
            _make("build", f"{galaxy} {' '.join(words[1:])} -p {directory}")
            assert (directory / "ansible_collections" / "safehold" / "backup" / "MANIFEST.json").exists()
    elif words[0] in ("export", "read"):
        known = "(?:SVT|ACRONIS)_[A-Z_]+|PATH|ANSIBLE_CALLBACKS_ENABLED|ANSIBLE_LOAD_CALLBACK_PLUGINS"
        assert all(re.fullmatch(known, name) for name in re.findall(r"(\w+)=", command)), command
        _succeeds(f"{command} && env | grep -E '^((SVT|ACRONIS|ANSIBLE)_|PATH=)'", directory, "a password\n")
    elif words[0] in ("python3", ".", "pip"):
        _check_environment_of_python(directory, command)
    elif words[:3] == [".venv/bin/python", "-m", "pytest"]:
        assert (ROOT / words[3]).exists(), command
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *words[3:], "--collect-only", "-q", "-p", "no:cacheprovider"],
            cwd=ROOT, check=False, capture_output=True, encoding="utf-8", timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    elif words[:2] == [".venv/bin/python", "tests/simulator"]:
        with Simulator(*words[2:], cwd=directory) as simulator:
            assert simulator.control.ledger() == []
    else:
        pytest.fail(f"{command}: this test does not know how to check it")


def _check_environment_of_python(directory: Path, command: str) -> None:
    words = command.split()
    if words[0] == "pip":
        assert words[1] == "install"
        assert {metadata.distribution(name).name for name in words[2:]} == set(words[2:])
    else:
        _succeeds(f"HOME={directory}; {command}{' --without-pip' if 'venv' in words else ''}", directory)


def _check_playbook(ansible: Ansible, block: Block, command: str) -> None:
    """test_playbooks.py runs all of them; here the files of variables are tried, each with the first that takes it."""
    words = shlex.split(command)
    if words[1].endswith(".yml"):
        shown = f"``{words[1]}``" in (ROOT / block.document).read_text(encoding="utf-8")
        assert shown or (ROOT / "docs" / "pipelines" / words[1]).exists(), f"{block}: {words[1]} is not shown"
        return
    check_call(command)
    if command in FIRST_CALLS:
        done = ansible.command(["playbook", *shlex.split(command)[1:]])
        assert done.returncode == 0, done.stdout + done.stderr
        ansible.scan(done.stdout + done.stderr, ansible.issued_tokens())


def _check_ansible(ansible: Ansible, words: list[str]) -> None:
    if words[0] == "ansible":
        _ansible, target, flag, module, option, *arguments = words
        assert (target, flag, option) == ("localhost", "-m", "-a")
        done = ansible.command(["adhoc", target, flag, module, option, " ".join(arguments).strip("'")])
        assert done.returncode == 0, done.stdout + done.stderr
    else:
        done = ansible.command(["doc", *words[1:]])
        assert done.returncode == 0, done.stderr
        assert words[-1].rpartition(".")[2] in done.stdout


@pytest.mark.parametrize("block", _of("ini"))
def test_settings(ansible: Ansible, tmp_path: Path, block: Block) -> None:
    """Ansible takes each of them for what it is: it says which file it comes from."""
    settings = tmp_path / "ansible.cfg"
    settings.write_text(block.text, encoding="utf-8")
    shown = ""
    for of in (["-t", "base"], ["-t", "callback", "safehold.backup.progress"]):
        done = ansible.command(["config", "dump", "--only-changed", *of], {"ANSIBLE_CONFIG": str(settings)})
        assert done.returncode == 0, done.stderr
        shown += done.stdout.lower()
    for line in block.text.splitlines():
        name, _equals, value = (part.strip() for part in line.partition("="))
        if value:
            names = {"bin_ansible_callbacks": "default_load_callback_plugins"}
            found = re.search(rf"^ *{names.get(name, name)}\((.*)\) = (.*)$", shown, re.M)
            assert found, f"{name} is not in:\n{shown}"
            assert found[1] == str(settings).lower() and value in found[2], found[0]


def test_the_picture_of_the_callback_needs_nothing_from_elsewhere() -> None:
    text = (ROOT / "docs" / "progress.svg").read_text(encoding="utf-8")
    shown = "".join(ElementTree.fromstring(text).itertext())  # noqa: S314
    assert "[localhost] svt_backup_rename" in shown and "s left" in shown
    assert not re.search(r"<script|href|url\(|@import|@font-face", text)
    assert len(text) < 50_000


def _succeeds(command: str, directory: Path, typed: str = "") -> None:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=directory,
        input=typed,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _make(target: str, then: str = "true") -> None:
    """Makes a target, one at a time: two would write the same files. then: a command for what it made."""
    with (workspace.BUILD / "documents.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _succeeds(f"make {target} && {then}", ROOT)


@pytest.mark.parametrize("target", MADE_HERE)
def test_make(target: str) -> None:
    _make(target)


def test_every_target_of_the_makefile_is_made_or_left_out_with_a_reason() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*##", makefile, re.M))
    assert targets == {*MADE_HERE, *NOT_MADE_HERE}


def test_the_table_of_contents_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "update_readme.py", "--check"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_commands_in_the_text_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for document in documents():
        for target in re.findall(r"`+make ([a-z]+)`", document.read_text(encoding="utf-8")):
            assert re.search(rf"^{target}:", makefile, re.M), f"{document.name}: make {target}"


def test_links_within_the_checkout_lead_somewhere() -> None:
    for document in documents():
        text = document.read_text(encoding="utf-8")
        anchors = {_anchor(title) for title in re.findall(r"^#+ (.+)$", text, re.M)}
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            path, _hash, anchor = target.partition("#")
            if "://" in target or (not path and anchor in anchors):
                continue
            place = document.parent / path
            assert path, f"{document.name}: no heading {anchor}"
            assert place.exists() or path == "CHANGELOG.rst", f"{document.name}: {target}"
            if anchor:
                headings = re.findall(r"^#+ (.+)$", place.read_text(encoding="utf-8"), re.M)
                assert anchor in {_anchor(title) for title in headings}, f"{document.name}: {target}"


def _anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def test_the_cmdlets_are_those_of_the_powershell_module() -> None:
    """What HPESimpliVity 2.2.1 exports under these verbs (atkinsroy/HPESimpliVity, HPESimpliVity.psd1)."""
    exported = {
        "Connect-Svt", "Copy-SvtBackup", "Get-SvtBackup", "Get-SvtDatastore", "Get-SvtHost", "Get-SvtTask", "Get-SvtVm",
        "Lock-SvtBackup", "New-SvtBackup", "Remove-SvtBackup", "Rename-SvtBackup", "Restore-SvtVm",
        "Set-SvtBackupRetention",
    }  # fmt: skip
    guide = ROOT / "docs" / "docsite" / "rst" / "guide_migrating_from_powershell.rst"
    assert set(re.findall(r"\b[A-Z][a-z]+-Svt\w*", guide.read_text(encoding="utf-8"))) == exported


def test_every_guide_is_in_the_table_of_contents_and_in_the_readme() -> None:
    listed = (ROOT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for guide in (ROOT / "docs" / "docsite" / "rst").glob("*.rst"):
        assert f"- {guide.stem}\n" in listed, guide.name
        assert f"docs/docsite/rst/{guide.name}" in readme, guide.name


def test_all_kinds_of_failure_are_explained() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    guide = (ROOT / "docs" / "docsite" / "rst" / "guide_failures.rst").read_text(encoding="utf-8")
    for kind in KINDS:
        assert f"| `{kind}` |" in readme, kind
        assert f"``{kind}``" in guide, kind


def test_all_variables_of_the_environment_are_named() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "plugins" / "doc_fragments").glob("*.py"):
        for name in re.findall(r"E\(((?:SVT|ACRONIS)_\w+)\)", path.read_text(encoding="utf-8")):
            assert f"`{name}`" in readme, name


def test_texts_of_the_troubleshooting_are_those_that_users_see() -> None:
    """Every text is found in the sources, but for the values in it and what Ansible or the system says itself."""
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("plugins", "roles", "tests/simulator")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".yml")
    )
    sources = re.sub(r'"\s*\n\s*f?"|\s+', " ", re.sub(r'"\s*\n\s*f?"', "", sources))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## Troubleshooting")[2].partition("**Limits")[0]
    texts = re.findall(r"^\| `([^`]+)` \|", section, re.M)
    assert len(texts) >= 10
    for text in texts:
        if text.startswith("required scope urn:"):
            continue
        text = text.removeprefix("host: ")  # stands for any option
        pattern = r"\S+".join(re.escape(part) for part in re.split(r"\d+", text))
        assert re.search(pattern, sources), text
