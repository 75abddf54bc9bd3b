# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that write evidence in the formats of other tools, and that make text safe for Markdown and scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.safehold.backup.plugins.plugin_utils._ansible import as_filter
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence import formats
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.outline import markdown
from ansible_collections.safehold.backup.plugins.plugin_utils._evidence.text import loaded, script_json


def evidence_csv(value: Any) -> str:
    """See evidence_csv.yml."""
    return formats.csv_text(loaded(value))


def evidence_junit(value: Any) -> str:
    """See evidence_junit.yml."""
    return formats.junit(loaded(value))


def evidence_openmetrics(value: Any) -> str:
    """See evidence_openmetrics.yml."""
    return formats.openmetrics(loaded(value))


class FilterModule:
    """The filters by their names."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        mine = {
            "evidence_csv": evidence_csv,
            "evidence_junit": evidence_junit,
            "evidence_openmetrics": evidence_openmetrics,
            "markdown_text": markdown,
            "script_json": script_json,
        }
        return {name: as_filter(name, function) for name, function in mine.items()}
