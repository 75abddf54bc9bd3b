# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for the whole run, and a server for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import faults
from .certificates import Certificates
from .server import WireServer
from .worlds import BackEnds


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session", autouse=True)
def _bomb() -> None:
    """Made before any limit runs: it takes a second."""
    faults.bomb()


@pytest.fixture
def world() -> BackEnds:
    return BackEnds()


@pytest.fixture
def server(world: BackEnds, certificates: Certificates) -> Iterator[WireServer]:
    """Everything is right with it until a test adds a fault."""
    with WireServer(world, certificates.good()) as running:
        yield running
