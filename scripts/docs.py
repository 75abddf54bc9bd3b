# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the documentation of the collection, reference and guides, as HTML in .build/docs/html.

No other site is asked for its index, so every warning that is left is about this collection, and fails the build.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

import workspace

HERE = workspace.BUILD / "docs"
_SETTINGS = """
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
    rst.mkdir(mode=0o755)
    collecting = ["antsibull-docs", "--config-file", str(source / "antsibull-docs.cfg"), "collection"]
    collecting += ["--use-current", "--fail-on-error", "--squash-hierarchy", "--dest-dir", str(rst)]
    workspace.run([*collecting, workspace.COLLECTION], env)
    shutil.copytree(rst, source / "rst", dirs_exist_ok=True)
    # The guides lie in rst/docsite, and the tool leaves out the pictures and pipelines that they show.
    shutil.copytree(workspace.ROOT / "docs" / "docsite" / "images", source / "rst" / "images")
    shutil.copytree(workspace.ROOT / "docs" / "pipelines", source / "pipelines")
    building = ["sphinx-build", "-q", "-W", "--keep-going", "-c", str(source), str(source / "rst")]
    done = subprocess.run([*building, str(HERE / "html")], env=env, check=False)
    if not done.returncode:
        print((HERE / "html" / "index.html").relative_to(workspace.ROOT))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
