# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain JSON API by which tests look into the simulator and steer it (table in README.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import json_text
from .acronis import seeds as acronis_seeds
from .clock import iso_nanos
from .faults import BadRule
from .seeds import KINDS
from .settings import Unacceptable
from .simplivity import seeds as simplivity_seeds
from .store import Collection
from .world import World

EXPIRIES = ("idle", "age", "unknown")


class Control:
    """The endpoints; every one first lets happen what is due."""

    def __init__(self, world: World, stop: Callable[[], None]) -> None:
        self._world = world
        self._stop = stop
        item = "/objects/{api}/{kind}/{id}"
        self.app = Starlette(
            routes=[
                Route("/ledger", self._ledger),
                Route("/ledger", self._forget, methods=["DELETE"]),
                Route("/changes", self._changes),
                Route("/reset", self._reset, methods=["POST"]),
                Route("/settings", self._settings),
                Route("/settings", self._set, methods=["POST"]),
                Route("/fill", self._fill, methods=["POST"]),
                Route("/clock", self._clock),
                Route("/clock", self._advance, methods=["POST"]),
                Route("/faults", self._faults),
                Route("/faults", self._add_faults, methods=["POST"]),
                Route("/faults", self._clear_faults, methods=["DELETE"]),
                Route("/state", self._state),
                Route("/objects/{api}/{kind}", self._objects),
                Route("/objects/{api}/{kind}", self._add_objects, methods=["POST"]),
                Route(item, self._object),
                Route(item, self._patch_object, methods=["PATCH"]),
                Route(item, self._delete_object, methods=["DELETE"]),
                Route("/expire_tokens", self._expire, methods=["POST"]),
                Route("/shutdown", self._shutdown, methods=["POST"]),
            ],
            exception_handlers={
                HTTPException: _say,
                Unacceptable: _say_bad,
                BadRule: _say_bad,
                orjson.JSONDecodeError: _say_bad,
            },
        )

    async def _ledger(self, request: Request) -> Response:
        return _json(self._world.ledger.since(int(request.query_params.get("since", "0"))))

    async def _forget(self, _request: Request) -> Response:
        self._world.ledger.clear()
        return _json({})

    async def _changes(self, _request: Request) -> Response:
        return _json(self._world.ledger.changes)

    async def _reset(self, _request: Request) -> Response:
        self._world.reset()
        return _json({})

    async def _settings(self, _request: Request) -> Response:
        return _json({api: settings.as_json() for api, settings in self._world.settings.items()})

    async def _set(self, request: Request) -> Response:
        wanted = await _body(request)
        for api in wanted:
            if api not in self._world.settings:
                raise Unacceptable(f"no settings of '{api}'")
        for api, changes in wanted.items():
            self._world.settings[api].update(changes)
        return await self._settings(request)

    async def _fill(self, request: Request) -> Response:
        totals = await _body(request)
        if not set(totals) <= set(KINDS) or not all(isinstance(total, int) for total in totals.values()):
            raise HTTPException(400, f"numbers of {', '.join(KINDS)}")
        self._world.fill(totals)
        return await self._state(request)

    async def _clock(self, _request: Request) -> Response:
        clock = self._world.clock
        unix = clock.wall()
        held = sorted(self._world.ledger.held)
        time = {"monotonic": clock.monotonic(), "unix": unix, "wall": iso_nanos(unix), "speed": clock.speed}
        return _json({**time, "held": held})

    async def _advance(self, request: Request) -> Response:
        try:
            self._world.clock.advance(float((await _body(request))["advance"]))
        except (KeyError, TypeError, ValueError):
            raise HTTPException(400, "advance is a number of seconds, not below 0") from None
        self._world.schedule.run_due()
        return await self._clock(request)

    async def _faults(self, _request: Request) -> Response:
        return _json([rule.as_json() for rule in self._world.faults.rules])

    async def _add_faults(self, request: Request) -> Response:
        given = json_text.loads(await request.body())
        for rule in given if isinstance(given, list) else [given]:
            self._world.faults.add(rule)
        return await self._faults(request)

    async def _clear_faults(self, request: Request) -> Response:
        self._world.faults.clear(request.query_params.get("name"))
        return await self._faults(request)

    async def _state(self, _request: Request) -> Response:
        self._world.schedule.run_due()
        return _json({"simplivity": self._world.simplivity.counts(), "acronis": self._world.acronis.counts()})

    async def _objects(self, request: Request) -> Response:
        self._world.schedule.run_due()
        api, kind = request.path_params["api"], request.path_params["kind"]
        if (api, kind) == ("simplivity", "tasks"):
            tasks = self._world.simplivity.tasks
            return _json([tasks.view(task) for task in tasks.all()])
        return _json([record.view() for record in self._collection(api, kind)])

    async def _add_objects(self, request: Request) -> Response:
        api, kind = request.path_params["api"], request.path_params["kind"]
        self._collection(api, kind)
        given = json_text.loads(await request.body())
        added = [self._new(api, kind, one).view() for one in (given if isinstance(given, list) else [given])]
        return _json(added if isinstance(given, list) else added[0], 201)

    def _new(self, api: str, kind: str, given: Mapping[str, Any]) -> Any:
        if api == "simplivity":
            return simplivity_seeds.new_object(self._world.simplivity, kind, given)
        return acronis_seeds.new_object(self._world.acronis, kind, given)

    async def _object(self, request: Request) -> Response:
        self._world.schedule.run_due()
        task = self._svt_task(request)
        if task is not None:
            return _json(self._world.simplivity.tasks.view(task))
        collection, key = self._located(request)
        return _json(collection.some([key])[0].view())

    async def _patch_object(self, request: Request) -> Response:
        self._world.schedule.run_due()
        changes = await _body(request)
        task = self._svt_task(request)
        if task is not None:
            task.overrides.update(changes)
            return _json(self._world.simplivity.tasks.view(task))
        collection, key = self._located(request)
        unset = changes.pop("$unset", [])
        collection.change(key, changes)
        collection.unset(key, unset)
        return _json(collection.some([key])[0].view())

    async def _delete_object(self, request: Request) -> Response:
        task = self._svt_task(request)
        if task is not None:
            self._world.simplivity.tasks.discard(task.id)
            return _json({})
        collection, key = self._located(request)
        collection.remove(key)
        return _json({})

    def _svt_task(self, request: Request) -> Any:
        """The SimpliVity task that a path names, if it names one."""
        where = request.path_params
        if (where["api"], where["kind"]) != ("simplivity", "tasks"):
            return None
        for task in self._world.simplivity.tasks.all():
            if task.id == where["id"]:
                return task
        raise HTTPException(404, "no such task")

    def _located(self, request: Request) -> tuple[Collection, Any]:
        where = request.path_params
        collection = self._collection(where["api"], where["kind"])
        key = int(where["id"]) if where["api"] == "acronis" and where["id"].isdigit() else where["id"]
        if key not in collection:
            raise HTTPException(404, f"no {where['kind']} {key}")
        return collection, key

    def _collection(self, api: str, kind: str) -> Collection:
        objects = {"simplivity": self._world.simplivity.objects, "acronis": self._world.acronis.objects}
        try:
            return objects[api][kind]
        except KeyError:
            raise HTTPException(404, f"no objects {api}/{kind}") from None

    async def _expire(self, request: Request) -> Response:
        wanted = await _body(request)
        kind = wanted.get("kind", "idle")
        if kind not in EXPIRIES or wanted.get("api") not in (None, "simplivity", "acronis"):
            raise HTTPException(400, f"api is simplivity or acronis, kind one of {', '.join(EXPIRIES)}")
        expired = 0
        if wanted.get("api") != "acronis":
            expired += self._world.simplivity.sessions.expire(kind)
        if wanted.get("api") != "simplivity":
            expired += self._world.acronis.tokens.expire(kind)
        return _json({"expired": expired})

    async def _shutdown(self, _request: Request) -> Response:
        self._stop()
        return _json({})


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = json_text.loads(await request.body() or b"{}")
    except orjson.JSONDecodeError:
        raise HTTPException(400, "the body is no JSON") from None
    if not isinstance(body, dict):
        raise HTTPException(400, "the body is no JSON object")
    return body


def _json(content: Any, status: int = 200) -> Response:
    return Response(json_text.dumps(content), status, media_type="application/json")


async def _say(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _json({"error": error.detail}, error.status_code)


async def _say_bad(_request: Request, error: Exception) -> Response:
    return _json({"error": str(error)}, 400)
