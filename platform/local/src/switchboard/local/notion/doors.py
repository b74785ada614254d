"""Doors that real Notion does not have: play the person, subscribe, repeat deliveries."""

from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from switchboard.local.notion import shapes
from switchboard.local.notion.delivery import Deliverer
from switchboard.local.notion.events import Actor
from switchboard.local.notion.ids import normal
from switchboard.local.notion.pages import Pages
from switchboard.local.notion.seed import ADA, STORIES_SOURCE
from switchboard.local.notion.state import NotionState
from switchboard.local.standin.body import read_json


class Subscribe(BaseModel):
    """`handshake` posts `{"verification_token"}` to the URL first, as the Notion UI does."""

    model_config = ConfigDict(extra="forbid")

    url: str
    verification_token: str
    types: list[str] = Field(default_factory=list)
    handshake: bool = False


class PersonChange(BaseModel):
    """Something a person does in Notion; without `user_id` it is Ada."""

    model_config = ConfigDict(extra="forbid")

    user_id: str = ADA
    parent: dict[str, Any] = Field(default_factory=lambda: {"data_source_id": STORIES_SOURCE})
    properties: dict[str, Any] = Field(default_factory=dict)
    markdown: str | None = None


@dataclass(frozen=True)
class Doors:
    """No size limits here: this is how a story of 2 MB comes into the workspace."""

    state: NotionState
    deliverer: Deliverer

    def routes(self) -> list[Route]:
        """All doors."""
        post, page = ["POST"], "/_local/pages/{page_id}"
        return [
            Route("/_local/subscribe", self.subscribe, methods=post),
            Route("/_local/subscribe", self.unsubscribe, methods=["DELETE"]),
            Route("/_local/pages", self.create_page, methods=post),
            Route(f"{page}/properties", self.set_properties, methods=post),
            Route(f"{page}/content", self.write_content, methods=post),
            Route("/_local/touch", self.touch, methods=post),
            Route("/_local/deliveries", self.deliveries),
            Route("/_local/deliveries/{delivery_id}/redeliver", self.redeliver, methods=post),
        ]

    async def subscribe(self, request: Request) -> Response:
        """Events go to this URL from now on; the same URL again replaces its token."""
        wanted = Subscribe.model_validate(await read_json(request))
        status = None
        if wanted.handshake:
            async with httpx.AsyncClient(timeout=10) as client:
                body = {"verification_token": wanted.verification_token}
                status = (await client.post(wanted.url, json=body)).status_code
        subscription = self.state.outbox.subscribe(
            wanted.url, wanted.verification_token, wanted.types
        )
        return JSONResponse({"id": subscription["id"], "handshake_status": status}, 201)

    async def unsubscribe(self, request: Request) -> Response:
        """No more events to `?url=`."""
        self.state.outbox.unsubscribe(request.query_params.get("url", ""))
        return Response(status_code=204)

    async def _change(self, request: Request) -> tuple[PersonChange, Actor]:
        change = PersonChange.model_validate(await read_json(request))
        user = self.state.user(normal(change.user_id, "user_id"))
        return change, Actor(user["id"], user["type"])

    async def create_page(self, request: Request) -> Response:
        """A person writes a page."""
        change, actor = await self._change(request)
        body: dict[str, Any] = {"parent": change.parent, "properties": change.properties}
        body |= {} if change.markdown is None else {"markdown": change.markdown}
        page = Pages(self.state).create(body, actor)
        return JSONResponse(shapes.page(self.state, page), 201)

    async def set_properties(self, request: Request) -> Response:
        """A person sets properties."""
        change, actor = await self._change(request)
        page_id = normal(request.path_params["page_id"], "page_id")
        page = Pages(self.state).update(page_id, {"properties": change.properties}, actor)
        return JSONResponse(shapes.page(self.state, page))

    async def write_content(self, request: Request) -> Response:
        """A person rewrites the text of a page."""
        change, actor = await self._change(request)
        page_id = normal(request.path_params["page_id"], "page_id")
        command = {"new_str": change.markdown or "", "allow_deleting_content": True}
        edit = {"type": "replace_content", "replace_content": command}
        page = Pages(self.state).edit_markdown(page_id, edit, actor)
        return JSONResponse(shapes.page(self.state, page))

    async def touch(self, request: Request) -> Response:
        """Raise `page.properties_updated` although nothing changed."""
        body = await read_json(request)
        page_id = normal(body.get("page_id"), "page_id")
        user = self.state.user(normal(body.get("user_id", ADA), "user_id"))
        page = Pages(self.state).touch(page_id, Actor(user["id"], user["type"]))
        return JSONResponse(shapes.page(self.state, page))

    async def deliveries(self, request: Request) -> Response:
        """The journal, oldest first; `?page_id=` and `?state=` narrow it."""
        page_id, state = request.query_params.get("page_id"), request.query_params.get("state")
        results = [
            delivery
            for delivery in self.state.outbox.deliveries()
            if page_id in (None, delivery["event"]["entity"]["id"])
            and state in (None, delivery["state"])
        ]
        return JSONResponse({"results": results})

    async def redeliver(self, request: Request) -> Response:
        """Send one event once more, byte for byte but for `attempt_number`."""
        delivery = self.state.outbox.delivery(request.path_params["delivery_id"])
        if delivery is None:
            return JSONResponse(
                {"error": {"code": "NOT_FOUND", "message": "no such delivery"}}, 404
            )
        self.deliverer.deliver(delivery["id"], once=True)
        return JSONResponse({"id": delivery["id"]}, 202)
