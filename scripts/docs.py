# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the documentation of the collection, reference and guides, as HTML in .build/docs/html.

No other site is asked for its index, so every warning that is left is about this collection, and fails the build. So
does a link within the site that leads nowhere.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

import links
import workspace

HERE = workspace.BUILD / "docs"
SCHEMA = workspace.ROOT / "roles" / "backup_report" / "files" / "evidence-1.schema.json"
_SETTINGS = """
html_title = "safehold.backup"
intersphinx_mapping = {}
html_theme_options = {"page_width": "1240px", "body_max_width": "920px", "sidebar_width": "300px"}
# Pages of Ansible's own documentation: their index is not asked for.
nitpick_ignore_regex = [("std:ref|any", "ansible_collections\\\\.ansible\\\\..*|(?!ansible_collections).*")]
"""


def main() -> int:
    """Runs the program."""
    env = workspace.environment()
    shutil.rmtree(HERE, ignore_errors=True)
    source, rst = HERE / "source", HERE / "rst"
    source.mkdir(parents=True, mode=0o755)
    setting_up = ["antsibull-docs", "sphinx-init", "--use-current", "--fail-on-error", "--squash-hierarchy"]
    setting_up += ["--sphinx-theme", "alabaster", "--title", "safehold.backup", "--project", "safehold.backup"]
    setting_up += ["--copyright", "safehold.backup contributors", "--dest-dir", str(source)]
    workspace.run([*setting_up, workspace.COLLECTION], env)
    with (source / "conf.py").open("a", encoding="utf-8") as settings:
        settings.write(_SETTINGS)
    _install_from_the_tarball(source / "antsibull-docs.cfg")
    rst.mkdir(mode=0o755)
    collecting = ["antsibull-docs", "--config-file", str(source / "antsibull-docs.cfg"), "collection"]
    collecting += ["--use-current", "--fail-on-error", "--squash-hierarchy", "--dest-dir", str(rst)]
    workspace.run([*collecting, workspace.COLLECTION], env)
    shutil.copytree(rst, source / "rst", dirs_exist_ok=True)
    _shorten_names(source / "rst" / "index.rst")
    # The guides lie in rst/docsite, and the tool leaves out the pictures and samples that they show.
    shutil.copytree(workspace.ROOT / "docs" / "docsite" / "images", source / "rst" / "images")
    for samples in ("awx", "pipelines"):
        shutil.copytree(workspace.ROOT / "docs" / samples, source / samples)
    shutil.copy(SCHEMA, source / "rst" / "docsite")
    building = ["sphinx-build", "-q", "-W", "--keep-going", "-c", str(source), str(source / "rst")]
    done = subprocess.run([*building, str(HERE / "html")], env=env, check=False)
    if done.returncode:
        return done.returncode
    if found := links.dead(HERE / "html"):
        sys.exit("error: links that lead nowhere:\n" + "\n".join(found))
    print((HERE / "html" / "index.html").relative_to(workspace.ROOT))
    return 0


def _install_from_the_tarball(settings: Path) -> None:
    """Until the collection is on Galaxy: there is no page of it to link to, and nothing to install from there."""
    version = yaml.safe_load((workspace.ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    text = settings.read_text(encoding="utf-8")
    for there, here in (
        ("https://galaxy.ansible.com/ui/repo/published/{namespace}/{name}/", "index.html"),
        ("install {namespace}.{name}", f"install {{namespace}}-{{name}}-{version}.tar.gz"),
    ):
        if there not in text:
            sys.exit(f"error: {settings} does not hold {there}")
        text = text.replace(there, here)
    settings.write_text(text, encoding="utf-8")


def _shorten_names(index: Path) -> None:
    """The tool capitalises the collection in the title, and fills the sidebar with the whole titles of pages."""
    text = index.read_text(encoding="utf-8").replace(workspace.COLLECTION.title(), workspace.COLLECTION, 1)
    index.write_text(re.sub(r"^    (\w+)_([a-z]+)$", r"    \1 \2 <\1_\2>", text, flags=re.M), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
