# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the collection's artifact in dist/."""

from __future__ import annotations

import sys

import workspace


def main() -> int:
    """Runs the program."""
    artifact = workspace.build_artifact(workspace.ROOT / "dist", workspace.environment())
    print(artifact.relative_to(workspace.ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
