"""The desk's REST door: one use case for each operation of openapi.json, one error format.

The statuses are those of seed 000: 200, 201, 400, 404, 500 (ITS-09). 403 and 429 are API Gateway's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

from switchboard.itsm_mock.adapters import answers, requests
from switchboard.itsm_mock.domain.add_comment import AddComment, Comment
from switchboard.itsm_mock.domain.change_ticket import ChangeTicket
from switchboard.itsm_mock.domain.create_ticket import CreateTicket
from switchboard.itsm_mock.domain.model import NotFoundError, RefusedError, RetryLaterError
from switchboard.itsm_mock.domain.ports import Wanted
from switchboard.itsm_mock.domain.read_tickets import ReadTickets
from switchboard.itsm_mock.domain.requests import (
    NewComment,
    NewTicket,
    NewWorkNote,
    TicketChange,
)
from switchboard.itsm_mock.domain.texts import masked
from switchboard.runtime.http import error_response

Event = dict[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True)
class UseCases:
    """What the door calls."""

    create: CreateTicket
    read: ReadTickets
    comment: AddComment
    change: ChangeTicket


class DeskApi:
    """Verify, call one use case, map the answer."""

    def __init__(self, use_cases: UseCases, logger: Logger) -> None:
        """Serve the operations of openapi.json."""
        self._do = use_cases
        self._logger = logger
        self._routes: dict[tuple[str, str], Callable[[Event], Answer]] = {
            ("POST", "/tickets"): self._create,
            ("GET", "/tickets"): self._list,
            ("GET", "/tickets/{ticket_id}"): self._get,
            ("POST", "/tickets/{ticket_id}/comments"): self._comment,
            ("GET", "/internal/tickets/{ticket_id}"): self._inside,
            ("PATCH", "/internal/tickets/{ticket_id}"): self._change,
            ("POST", "/internal/tickets/{ticket_id}/work-notes"): self._note,
        }

    def __call__(self, event: Event) -> Answer:
        """Answer one request; every error has the common format (ERR-01)."""
        operation = f"{event.get('httpMethod')} {event.get('resource')}"
        with self._logger.append_context_keys(operation=operation):
            try:
                return self._answer(event)
            except RefusedError as error:
                info = error.info
                status = 404 if isinstance(error, NotFoundError) else 400
                self._logger.info("request refused", code=info.code, status=status)
                return error_response(status, info.code, info.message, info.remediation)
            except RetryLaterError as error:
                self._logger.warning("request must be repeated", reason=str(error))
                return error_response(
                    500,
                    "TRY_AGAIN",
                    "The ticket system is busy and nothing was written",
                    "Send the same request again in a moment",
                )
            except Exception:
                self._logger.exception("request failed")
                return error_response(
                    500,
                    "INTERNAL_ERROR",
                    "The request could not be served",
                    "Repeat it; the log holds the cause under this time",
                )

    def _answer(self, event: Event) -> Answer:
        route = self._routes.get((event["httpMethod"], event["resource"]))
        if route is None:
            raise NotFoundError(
                "UNKNOWN_OPERATION",
                f"There is no {event['httpMethod']} {event['resource']}",
                "The operations are described in openapi.json",
            )
        return route(event)

    def _create(self, event: Event) -> Answer:
        request = requests.body(event, NewTicket)
        opened = self._do.create(request, requests.idempotency_key(event))
        ticket = opened.ticket
        self._logger.info(
            "ticket opened" if opened.is_new else "ticket was open already",
            ticket_id=ticket.ticket_id,
            correlation_id=ticket.correlation_id,
            caller=masked(ticket.caller_id),
            category=str(ticket.category),
            priority=ticket.priority,
        )
        return answers.opened(ticket, is_new=opened.is_new)

    def _get(self, event: Event) -> Answer:
        ticket = self._do.read.one(requests.number(event), requests.caller(event))
        return answers.found(ticket)

    def _list(self, event: Event) -> Answer:
        wanted = Wanted(
            requests.needed_caller(event),
            requests.limit(event),
            requests.state(event),
            requests.parameter(event, "cursor"),
        )
        return answers.page(self._do.read.recent(wanted), wanted)

    def _comment(self, event: Event) -> Answer:
        comment = Comment(
            requests.number(event),
            requests.caller(event),
            requests.body(event, NewComment),
            requests.idempotency_key(event),
        )
        added = self._do.comment(comment)
        self._logger.info("comment added", ticket_id=added.ticket_id, reopened=added.reopened)
        return answers.comment(added)

    def _inside(self, event: Event) -> Answer:
        ticket, entries = self._do.read.with_entries(requests.number(event))
        return answers.inside(ticket, entries)

    def _change(self, event: Event) -> Answer:
        wanted = requests.body(event, TicketChange)
        seen = requests.seen_version(event)
        ticket = self._do.change(requests.number(event), seen, wanted)
        self._logger.info("ticket changed", ticket_id=ticket.ticket_id, state=str(ticket.state))
        return answers.inside(ticket, self._do.read.tickets.entries(ticket.ticket_id))

    def _note(self, event: Event) -> Answer:
        wanted = requests.body(event, NewWorkNote)
        ticket = self._do.change.note(requests.number(event), wanted)
        self._logger.info("work note added", ticket_id=ticket.ticket_id)
        return answers.inside(ticket, self._do.read.tickets.entries(ticket.ticket_id))
