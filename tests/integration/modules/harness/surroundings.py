# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of every Ansible that tests start: a home of its own, nothing of the user's, and the back ends."""

from __future__ import annotations

import os
from pathlib import Path

import workspace
from simulator.process import Simulator


def environment(home: Path) -> dict[str, str]:
    """What Ansible needs, with plain output. home: is made when it is not there."""
    home.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONPYCACHEPREFIX": str(workspace.BYTECODE),
        # the checkout, as tests/conftest.py links it, or the installed artifact
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
    }


def places(simulator: Simulator) -> dict[str, str]:
    """Where both back ends are and who asks, as environment variables; no secret among them."""
    svt, acronis = simulator.simplivity, simulator.acronis
    return {
        **{f"SVT_{name.upper()}": str(svt[name]) for name in ("host", "port", "username")},
        **{f"ACRONIS_{name.upper()}": acronis[name] for name in ("datacenter_url", "client_id")},
        "SVT_CA_PATH": simulator.ca_path,
        "ACRONIS_CA_PATH": simulator.ca_path,
    }


def secrets(simulator: Simulator) -> dict[str, str]:
    """The secrets of both back ends, as environment variables."""
    return {
        "SVT_PASSWORD": simulator.simplivity["password"],
        "ACRONIS_CLIENT_SECRET": simulator.acronis["client_secret"],
    }


def connection(simulator: Simulator) -> dict[str, str]:
    """All connection options of both back ends, as environment variables."""
    return {**places(simulator), **secrets(simulator)}
