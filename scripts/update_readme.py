# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the table of the included content into README.md, from what each says of itself."""

from __future__ import annotations

import argparse
import ast
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BEGIN, END = "<!-- included content: begin -->", "<!-- included content: end -->"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail when the table is out of date")
    check = parser.parse_args().check
    present = README.read_text(encoding="utf-8")
    before, begin, rest = present.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        print(f"error: README.md lacks {BEGIN} or {END}", file=sys.stderr)
        return 1
    wanted = f"{before}{BEGIN}\n{_table()}{END}{after}"
    if wanted == present:
        return 0
    if check:
        print("error: README.md is out of date: run python scripts/update_readme.py", file=sys.stderr)
        return 1
    README.write_text(wanted, encoding="utf-8")
    return 0


def _table() -> str:
    rows = [("", "Name", "What it does"), ("---", "---", "---")]
    plugins = (*_plugins("module", "modules"), *_plugins("callback", "callback"))
    found = (*plugins, *_roles(), *_playbooks(), *_sidecars())
    rows += [(kind, f"`safehold.backup.{name}`", text) for kind, name, text in found]
    return "".join(f"| {kind} | {name} | {text} |\n" for kind, name, text in rows)


def _plugins(kind: str, directory: str) -> list[tuple[str, str, str]]:
    found = []
    for path in sorted((ROOT / "plugins" / directory).glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documentation = next(
            node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "DOCUMENTATION"
            and isinstance(node.value, ast.Constant)
        )
        found.append((kind, path.stem, yaml.safe_load(str(documentation))["short_description"]))
    return found


def _roles() -> list[tuple[str, str, str]]:
    found = []
    for path in sorted((ROOT / "roles").glob("*/meta/argument_specs.yml")):
        specs = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]
        found.append(("role", path.parents[1].name, specs["main"]["short_description"]))
    return found


def _playbooks() -> list[tuple[str, str, str]]:
    found = []
    for path in sorted((ROOT / "playbooks").glob("*.yml")):
        found.append(("playbook", path.stem, yaml.safe_load(path.read_text(encoding="utf-8"))[0]["name"]))
    return found


def _sidecars() -> list[tuple[str, str, str]]:
    """Filters and tests, which are documented in a file beside them."""
    found = []
    for kind in ("filter", "test"):
        for path in sorted((ROOT / "plugins" / kind).glob("*.yml")):
            documentation = yaml.safe_load(path.read_text(encoding="utf-8"))["DOCUMENTATION"]
            found.append((kind, path.stem, documentation["short_description"]))
    return found


if __name__ == "__main__":
    sys.exit(main())
