# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A SimpliVity controller in memory, below the client: it answers reads, carries renames out, and keeps a record."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

from ansible_collections.safehold.backup.plugins.module_utils._core.client import Runtime
from ansible_collections.safehold.backup.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.safehold.backup.plugins.module_utils._core.errors import Failure
from ansible_collections.safehold.backup.plugins.module_utils._core.transport import Query
from ansible_collections.safehold.backup.plugins.module_utils._simplivity.client import SimplivityClient
from ansible_collections.safehold.backup.tests.unit.samples import backup, svt_task

_PAGING = ("limit", "offset", "sort", "order", "case", "fields", "show_optional_fields")


def silent_runtime() -> Runtime:
    """A Runtime that hides and warns of nothing."""
    return Runtime(Clock(), lambda secret: None, lambda text: None)


class Controller(SimplivityClient):
    """The client and the server behind it in one.

    cap: the most objects that a page holds. lists: whether it takes comma lists, as a Management Virtual Appliance
    does. version: of the API. before_page: called before each page with its number. reads, renames: what was asked of
    it, in its order.
    """

    def __init__(
        self,
        backups: Iterable[Mapping[str, Any]] = (),
        cap: int = 5000,
        lists: bool = True,
        version: str = "1.25",
        base_url: str = "https://svt.example.com:443/api",
    ) -> None:
        super().__init__(SimpleNamespace(base_url=base_url), silent_runtime(), 60, "user", "password")
        self.backups = {found["id"]: dict(found) for found in backups}
        self.cap = cap
        self.lists = lists
        self.version = version
        self.before_page: Callable[[int], None] = lambda number: None
        self.reads: list[tuple[str, dict[str, str]]] = []
        self.renames: list[tuple[str, str]] = []
        self._lock = threading.Lock()

    @classmethod
    def with_backups(cls, count: int, **options: Any) -> Controller:
        return cls([backup(f"id-{number:05}", f"name-{number:05}") for number in range(count)], **options)

    def get(self, path: str, query: Query = (), deadline: Deadline | None = None) -> Any:
        with self._lock:
            return self._answer_to(path, query)

    def _answer_to(self, path: str, query: Query) -> Any:
        asked = dict(query)
        assert len(asked) == len(list(query)), f"a key twice: {query}"
        self.reads.append((path, asked))
        if path == "/version":
            return {"REST_API_Version": self.version, **({} if self.lists else {"SVTFS_Version": "4.0"})}
        if path == "/backups":
            return self._page(asked)
        id = unquote(path.rpartition("/")[2])
        if id not in self.backups:
            raise Failure("not_found", "could not be found", http_status=404, detail="could not be found")
        return {"backup": dict(self.backups[id])}

    def post_json(self, path: str, body: Mapping[str, Any], deadline: Deadline | None = None) -> Any:
        id = unquote(path.split("/")[2])
        self.renames.append((id, body["backup_name"]))
        self.backups[id]["name"] = body["backup_name"]
        return svt_task("COMPLETED")

    def close(self) -> None:
        pass

    def pages(self) -> list[dict[str, str]]:
        """The queries of the list, in their order."""
        return [query for path, query in self.reads if path == "/backups"]

    def _page(self, asked: Mapping[str, str]) -> dict[str, Any]:
        self.before_page(len(self.pages()))
        sign = asked["order"] == "descending"
        fold = str.casefold if asked["case"] == "insensitive" else str
        fits = [self._fit(name, text, fold) for name, text in asked.items() if name not in _PAGING]
        matching = [found for found in self.backups.values() if all(fit(found) for fit in fits)]
        matching.sort(key=lambda found: (str(found.get(asked["sort"])).casefold(), found["id"]), reverse=sign)
        offset, limit = int(asked["offset"]), min(int(asked["limit"]), self.cap)
        return {"count": len(matching), "backups": [dict(found) for found in matching[offset : offset + limit]]}

    def _fit(self, name: str, text: str, fold: Callable[[str], str]) -> Callable[[Mapping[str, Any]], bool]:
        values = text.split(",")
        assert self.lists or len(values) == 1, f"a comma list for a Virtual Controller: {name}={text}"
        if name == "cluster_group_id":
            return lambda found: any(group in values for group in found["cluster_group_ids"])
        if name not in ("name", "external_store_name") or "*" not in text:
            return lambda found: fold(str(found.get(name))) in [fold(value) for value in values]
        pattern = re.compile("|".join(re.escape(value).replace(r"\*", ".*") for value in values), re.DOTALL)
        return lambda found: pattern.fullmatch(str(found[name])) is not None
