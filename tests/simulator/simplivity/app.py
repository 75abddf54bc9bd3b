# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes of the SimpliVity API."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import json_text, wire
from ..clock import iso_seconds
from ..ledger import Ledger
from ..store import Record
from . import errors, media, query
from .auth import Session
from .filters import RESOURCES, Resource, missing_fields
from .operations import Caller, Operations, read_body
from .state import SimplivityState
from .tasks import Task

Endpoint = Callable[[Request], Awaitable[Response]]
CLIENT = base64.b64encode(b"simplivity:").decode()
EMERGENCY_READS = {"hosts", "omnistack_clusters", "backups", "datastores", "virtual_machines"}


class SimplivityApi:
    """The API as the gateway wants it."""

    name = "simplivity"

    def __init__(self, state: SimplivityState, ledger: Ledger) -> None:
        self._state = state
        self._operations = Operations(state, ledger)
        routes = [
            Route("/api/version", self._version),
            Route("/api/oauth/token", self._login, methods=["POST"]),
            Route("/api/oauth/revoke", self._revoke, methods=["GET", "POST"]),
            Route("/api/tasks/{id}", self._task),
            Route("/api/backups/delete", self._delete_many, methods=["POST"]),
            Route("/api/backups/set_retention", self._set_retention, methods=["POST"]),
            Route("/api/backups/{id}/rename", self._rename, methods=["POST"]),
            Route("/api/backups/{id}/lock", self._lock, methods=["POST"]),
            Route("/api/backups/{id}", self._delete, methods=["DELETE"]),
        ]
        for resource in RESOURCES.values():
            routes.append(Route(f"/api/{resource.plural}", self._list(resource)))
            routes.append(Route(f"/api/{resource.plural}/{{id}}", self._single(resource)))
        self._app = Starlette(
            routes=routes,
            exception_handlers={
                errors.ServiceError: self._say_service_error,
                errors.TokenExpired: self._say_expired,
                errors.Unauthorized: self._say_unauthorized,
                errors.LoginRefused: self._say_refused,
                HTTPException: self._say_not_routed,
            },
        )

    @property
    def latency(self) -> float:
        """Seconds that every request takes at least."""
        return self._state.settings.latency

    @property
    def max_parallel(self) -> int:
        """Requests beyond this many at once meet a 502 (simplivity.md 4.1)."""
        return self._state.settings.max_parallel

    def overloaded(self) -> wire.Answer:
        """A proxy's page, not JSON (simplivity.md 4.2, shape 5)."""
        return wire.Answer.of_html(502, "Bad Gateway")

    async def app(self, scope: wire.Scope, receive: wire.Receive, send: wire.Send) -> None:
        """ASGI."""
        await self._app(scope, receive, send)

    async def _version(self, _request: Request) -> Response:
        settings = self._state.settings
        answer = {"REST_API_Version": settings.api_version}
        if settings.mode == "sva":
            answer["SVTFS_Version"] = settings.svtfs_version
        return _json(answer)

    async def _login(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Basic {CLIENT}":
            raise errors.LoginRefused(401, "invalid_client", "Bad client credentials")
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
        return _json(self._state.sessions.login(form))

    async def _revoke(self, request: Request) -> Response:
        self._state.sessions.revoke(self._session(request))
        return Response(status_code=200)

    def _list(self, resource: Resource) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            session = self._session(request)
            pairs = request.query_params.multi_items()
            if session.grant == "emergency" and (pairs or resource.plural not in EMERGENCY_READS):
                raise errors.permission_denied(self._state.settings.permission_status)
            settings = self._state.settings
            asked = query.read(resource, pairs, self._state.fields[resource.plural], settings)
            rows = query.find(asked, self._state.objects[resource.plural], settings)
            return _json(query.page(asked, rows, settings))

        return endpoint

    def _single(self, resource: Resource) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            session = self._session(request)
            if session.grant == "emergency" and resource.plural not in EMERGENCY_READS:
                raise errors.permission_denied(self._state.settings.permission_status)
            key = request.path_params["id"]
            record = self._state.objects[resource.plural].get(key)
            if record is None:
                raise errors.not_found(resource.kind, key)
            return _json({resource.singular: self._view(resource, record)})

        return endpoint

    def _view(self, resource: Resource, record: Record) -> dict[str, Any]:
        absent = missing_fields(resource.plural, media.minor_version(self._state.settings.api_version))
        return {name: value for name, value in record.view().items() if name not in absent}

    async def _task(self, request: Request) -> Response:
        session = self._session(request)
        if session.grant == "emergency":
            raise errors.permission_denied(self._state.settings.permission_status)
        task = self._state.tasks.get(request.path_params["id"])
        if task is None:
            raise errors.not_found("task", request.path_params["id"])
        return self._answer_task(task, 200)

    async def _rename(self, request: Request) -> Response:
        caller = self._writer(request, minimum=0)
        body = read_body(await request.body())
        return self._answer_task(self._operations.rename(request.path_params["id"], body, caller))

    async def _lock(self, request: Request) -> Response:
        caller = self._writer(request, minimum=1)
        return self._answer_task(self._operations.lock(request.path_params["id"], caller))

    async def _set_retention(self, request: Request) -> Response:
        caller = self._writer(request, minimum=0)
        done = self._operations.set_retention(read_body(await request.body()), caller)
        if isinstance(done, Task):
            return self._answer_task(done)
        rows = [self._view(RESOURCES["backups"], row) for row in done]
        return _json({"offset": 0, "limit": query.DEFAULT_LIMIT, "count": len(rows), "backups": rows})

    async def _delete_many(self, request: Request) -> Response:
        caller = self._writer(request, minimum=0)
        return self._answer_task(self._operations.delete_many(read_body(await request.body()), caller))

    async def _delete(self, request: Request) -> Response:
        caller = self._writer(request, minimum=None)
        return self._answer_task(self._operations.delete([request.path_params["id"]], caller))

    def _session(self, request: Request) -> Session:
        return self._state.sessions.use(request.headers.get("authorization"))

    def _writer(self, request: Request, minimum: int | None) -> Caller:
        """Who writes, after the checks that come before the body is looked at; DELETE needs no type."""
        session = self._session(request)
        settings = self._state.settings
        if minimum is not None:
            media.require(request.headers.get("content-type"), minimum, settings.api_version)
        if settings.read_only or session.grant == "emergency":
            raise errors.permission_denied(settings.permission_status)
        return Caller(request.scope["simulator.n"], session.token)

    def _answer_task(self, task: Task, status: int = 202) -> Response:
        return _json({"task": self._state.tasks.view(task)}, status)

    async def _say_service_error(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.ServiceError)
        iso = error.status == 415 or self._state.settings.error_timestamps == "iso"
        timestamp = iso_seconds(self._state.clock.wall()) if iso else self._epoch_ms()
        return _json(error.body(request.url.path, timestamp), error.status)

    async def _say_expired(self, _request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.TokenExpired)
        return _json(error.body(), 401)

    async def _say_unauthorized(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.Unauthorized)
        return _json(error.body(request.url.path, self._epoch_ms()), 401)

    async def _say_refused(self, _request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.LoginRefused)
        return _json(error.body(), error.status)

    async def _say_not_routed(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        known = errors.no_such_path() if error.status_code == 404 else errors.no_such_method(request.method)
        return await self._say_service_error(request, known)

    def _epoch_ms(self) -> int:
        return int(self._state.clock.wall() * 1000)


def _json(content: Any, status: int = 200) -> Response:
    return Response(json_text.dumps(content), status, media_type="application/json")
