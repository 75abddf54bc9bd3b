# Copyright: (c) 2026, safehold.backup contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes of the Acronis APIs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import json_text, wire
from ..clock import iso_nanos
from ..ledger import Ledger
from ..settings import AcronisSettings
from ..store import Record
from . import errors, query, resources
from .auth import READER_SCOPES, RESOURCE_SCOPES, Token
from .cursors import Cursor
from .query import ACTIVITIES, TASKS, Query, Resource
from .resources import RESOURCES
from .shapes import DELETED, SMALL_ACTIVITY, SMALL_TASK, render
from .state import AcronisState
from .tenants import ROOT, is_below

Read = Callable[[query.Pairs, AcronisSettings], Query]
Endpoint = Callable[[Request], Awaitable[Response]]
BASE = "/api/task_manager/v2"
SMALL = {"tasks": SMALL_TASK, "activities": SMALL_ACTIVITY}


@dataclass(frozen=True)
class Span:
    """Which part of a listing a page shows."""

    start: int
    limit: int

    @property
    def end(self) -> int:
        """Where the next page begins."""
        return self.start + self.limit


class AcronisApi:
    """The API as the gateway wants it."""

    name = "acronis"

    def __init__(self, state: AcronisState, ledger: Ledger) -> None:
        self._state = state
        self._ledger = ledger
        routes = [
            Route("/api/2/idp/token", self._token, methods=["POST"]),
            Route("/api/2/idp/revoke_token", self._revoke, methods=["POST"]),
            Route("/api/2/clients/{client_id}", self._client),
        ]
        routes.append(Route(resources.PATH, self._list(RESOURCES, resources.read, RESOURCE_SCOPES)))
        for resource in (TASKS, ACTIVITIES):
            read = partial(query.read, resource)
            routes.append(Route(f"{BASE}/{resource.plural}", self._list(resource, read, READER_SCOPES)))
            routes.append(Route(f"{BASE}/{resource.plural}/{{id}}", self._single(resource)))
        self._app = Starlette(
            routes=routes,
            exception_handlers={errors.Refused: self._say_refused, HTTPException: self._say_not_routed},
        )

    @property
    def latency(self) -> float:
        """Seconds that every request takes at least."""
        return self._state.settings.latency

    @property
    def max_parallel(self) -> int:
        """Requests beyond this many at once meet a 429 (acronis.md 4)."""
        return self._state.settings.max_parallel

    def overloaded(self) -> wire.Answer:
        """429 with Retry-After."""
        return errors.too_many_requests()

    async def app(self, scope: wire.Scope, receive: wire.Receive, send: wire.Send) -> None:
        """ASGI."""
        await self._app(scope, receive, send)

    async def _token(self, request: Request) -> Response:
        answer = self._state.tokens.issue(await _form(request), request.headers.get("authorization"))
        return _json(answer, headers={"cache-control": "no-store"})

    async def _revoke(self, request: Request) -> Response:
        self._state.tokens.revoke(await _form(request), request.headers.get("authorization"))
        return Response(status_code=200)

    async def _client(self, request: Request) -> Response:
        self._state.tokens.use(request.headers.get("authorization"))
        client_id = request.path_params["client_id"]
        if client_id != self._state.settings.client_id:
            raise errors.account(404, 1002, "Client not found")
        return _json(
            {
                "client_id": client_id,
                "tenant_id": ROOT.uuid,
                "status": "enabled",
                "type": "api_client",
                "token_endpoint_auth_method": "client_secret_basic",
                "data": {"client_name": "Simulator"},
            }
        )

    def _list(self, resource: Resource, read: Read, scopes: tuple[str, ...]) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            token = self._reader(request, scopes)
            pairs = request.query_params.multi_items()
            if any(name == "after" for name, _value in pairs):
                return _json(self._next_page(resource, pairs, token))
            asked = read(pairs, self._state.settings)
            rows = self._rows(resource, asked, token)
            if asked.lod == "count":
                return _json({"items": [], "count": len(rows), "timestamp": self._now()})
            return _json(self._page(resource, asked, rows, Span(0, asked.limit)))

        return endpoint

    def _rows(self, resource: Resource, asked: Query, token: Token) -> list[Record]:
        """All matches that the token may see, in order; computed once until something changes."""
        collection = self._state.objects[resource.plural]

        def make() -> list[Record]:
            rows = list(collection) if asked.ids is None else collection.some(asked.ids)
            if token.tenant is not ROOT:
                rows = [row for row in rows if is_below(_tenant(row), token.tenant)]
            if not asked.deleted:
                rows = [row for row in rows if not row.get(DELETED)]
            return asked.select(rows)

        return collection.result((asked.asked, token.tenant, *self._state.settings.ignore_filters), make)

    def _next_page(self, resource: Resource, pairs: list[tuple[str, str]], token: Token) -> dict[str, Any]:
        """A continuation: limit and after and nothing else (acronis.md 2.4)."""
        given = dict(pairs)
        if len(given) != len(pairs) or set(given) != {"limit", "after"}:
            raise errors.bad_request("'after' can be used only with 'limit'")
        cursor = self._state.cursors.find(resource.plural, given["after"])
        asked: Query = cursor.query
        limit = query.read_limit([given["limit"]], self._state.settings)
        rows = self._rows(resource, asked, token) if cursor.rows is None else cursor.rows
        return self._page(resource, asked, rows, Span(cursor.position, limit))

    def _page(self, resource: Resource, asked: Query, rows: list[Record], span: Span) -> dict[str, Any]:
        settings = self._state.settings
        cursors: dict[str, str] = {}
        collection = self._state.objects[resource.plural]
        chosen = [row for row in rows[span.start : span.end] if collection.get(row.get("id")) is row]
        if span.end < len(rows):
            kept = rows if settings.paging_mode == "snapshot" else None
            following = Cursor(resource.plural, asked, span.end, kept)
            cursors["after"] = self._state.cursors.keep(following)
        page: dict[str, Any] = {"items": [self._item(resource, row, asked) for row in chosen]}
        if settings.cursor_place == "top":
            page["cursors"] = cursors
        else:
            page["paging"] = {"cursors": cursors}
        return {**page, "size": len(chosen), "timestamp": self._now()}

    def _item(self, resource: Resource, row: Record, asked: Query) -> dict[str, Any]:
        if resource is RESOURCES:
            return resources.render(row)
        return render(row, SMALL[resource.plural], asked.lod, self._state.settings)

    def _single(self, resource: Resource) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            token = self._reader(request, READER_SCOPES)
            pairs = request.query_params.multi_items()
            for name, _value in pairs:
                if name not in ("lod", "allow_deleted"):
                    raise errors.bad_request(f"bad condition field '{name}'")
            settings = self._state.settings
            lod = query.read_lod([v for n, v in pairs if n == "lod"], query.LEVELS[:-1], settings)
            deleted = query.read_flag("allow_deleted", [v for n, v in pairs if n == "allow_deleted"])
            record = self._find(resource, request.path_params["id"])
            if record is None or (record.get(DELETED) and not deleted):
                raise errors.not_found(resource.singular)
            if not is_below(record.get("tenant"), token.tenant):
                raise errors.forbidden(f"urn:acronis.com:tenant-id:{token.tenant.uuid}", READER_SCOPES[0])
            return _json(render(record, SMALL[resource.plural], lod, settings))

        return endpoint

    def _find(self, resource: Resource, key: str) -> Record | None:
        collection = self._state.objects[resource.plural]
        if key.isdigit():
            return collection.get(int(key))
        if self._state.settings.uuid_in_path:
            return next((row for row in collection if row.get("uuid") == key.lower()), None)
        raise errors.bad_request(f"strconv.ParseInt: parsing \"{key}\": invalid syntax on field 'id'")

    def _reader(self, request: Request, scopes: tuple[str, ...]) -> Token:
        token = self._state.tokens.use(request.headers.get("authorization"))
        self._state.tokens.require(scopes)
        return token

    def _now(self) -> str:
        return iso_nanos(self._state.clock.wall())

    async def _say_refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.Refused)
        answer = error.answer
        idp = request.url.path.startswith("/api/2/idp/")
        if answer.status == 401 and self._state.settings.unauthorized_html and not idp:
            answer = errors.unauthorized_page()
        return Response(answer.body, answer.status, dict(answer.headers))

    async def _say_not_routed(self, _request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        page = wire.Answer.of_html(error.status_code, error.detail)
        return Response(page.body, page.status, dict(page.headers))


def _tenant(row: Record) -> Any:
    return row.get("tenant") or {"id": row.get("tenant_id")}


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))


def _json(content: Any, headers: dict[str, str] | None = None) -> Response:
    return Response(json_text.dumps(content), 200, headers, media_type="application/json")
