# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator for all tests of this directory, back at its start before each of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from simulator.process import Control, Simulator

RENAME_TYPE = "application/vnd.simplivity.v1+json"


class Svt:
    """A thin SimpliVity client: no judgement, only addresses and headers."""

    def __init__(self, simulator: Simulator) -> None:
        self.url = simulator.simplivity_url
        self.access = simulator.simplivity
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = simulator.ca_path

    def post_login(self, **changes: str) -> requests.Response:
        form = {
            "grant_type": "password",
            "username": self.access["username"],
            "password": self.access["password"],
            **changes,
        }
        return self.session.post(f"{self.url}/oauth/token", auth=("simplivity", ""), data=form)

    def login(self, **changes: str) -> str:
        token = self.post_login(**changes).json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"
        return token

    def get(self, path: str, **params: Any) -> requests.Response:
        return self.session.get(self.url + path, params=params)

    def post(self, path: str, body: Any = None, content_type: str | None = RENAME_TYPE) -> requests.Response:
        headers = {"Content-Type": content_type} if content_type else {}
        return self.session.post(self.url + path, json=body, headers=headers)

    def backups(self, **params: Any) -> list[dict[str, Any]]:
        answer = self.get("/backups", **params)
        assert answer.status_code == 200, answer.text
        return answer.json()["backups"]

    def rename(self, backup_id: str, name: str) -> dict[str, Any]:
        answer = self.post(f"/backups/{backup_id}/rename", {"backup_name": name})
        assert answer.status_code == 202, answer.text
        return answer.json()["task"]

    def task(self, task_id: str) -> dict[str, Any]:
        return self.get(f"/tasks/{task_id}").json()["task"]


class Cloud:
    """The same for Acronis."""

    def __init__(self, simulator: Simulator) -> None:
        self.url = simulator.acronis_url
        self.access = simulator.acronis
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = simulator.ca_path

    def post_token(self, basic: bool = True, **form: str) -> requests.Response:
        secret = self.access["client_id"], self.access["client_secret"]
        form.setdefault("grant_type", "client_credentials")
        return self.session.post(f"{self.url}/api/2/idp/token", auth=secret if basic else None, data=form)

    def login(self, **form: str) -> str:
        token = self.post_token(**form).json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"
        return token

    def get(self, path: str, params: Any = None) -> requests.Response:
        return self.session.get(f"{self.url}/api/task_manager/v2{path}", params=params)

    def items(self, path: str, params: Any = None) -> list[dict[str, Any]]:
        answer = self.get(path, params)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    def refusal(self, path: str, params: Any) -> str:
        answer = self.get(path, params)
        assert answer.status_code == 400, answer.text
        return answer.json()["debug"]["msg"]


@pytest.fixture(scope="session")
def running() -> Iterator[Simulator]:
    with Simulator("--task-seconds", "1") as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.control.reset()
    return running


@pytest.fixture
def control(simulator: Simulator) -> Control:
    return simulator.control


@pytest.fixture
def svt(simulator: Simulator) -> Svt:
    client = Svt(simulator)
    client.login()
    return client


@pytest.fixture
def cloud(simulator: Simulator) -> Cloud:
    client = Cloud(simulator)
    client.login()
    return client
