"""The real doors and use cases of the services, over the schedule's adapters, clock and chance."""

from collections.abc import Callable
from typing import Any

from switchboard.completion import wiring as completion
from switchboard.completion.adapters.inbox import Inbox as DeliveryInbox
from switchboard.completion.adapters.patience import TimeLeft
from switchboard.completion.domain.ports import BoardUnavailableError, ContentsUnavailableError
from switchboard.events.content import ContentChangedV1
from switchboard.events.ticket import TicketCreatedV1
from switchboard.ingress.adapters.api_gateway import WebhookDoor
from switchboard.ingress.adapters.memory import (
    MemoryBot,
    MemoryLeases,
    MemoryOrigins,
    MemoryProjects,
    MemoryVault,
)
from switchboard.ingress.domain.accept_webhook import AcceptWebhook
from switchboard.ingress.domain.authenticity import CredentialCache
from switchboard.ingress.domain.envelopes import Envelopes
from switchboard.ingress.domain.follow_change import FollowChange
from switchboard.ingress.domain.make_story import MakeStory
from switchboard.ingress.domain.model import BotIdentity
from switchboard.ingress.domain.ports import Credentials, NotionUnavailableError
from switchboard.ingress.domain.request_invocation import RequestInvocation
from switchboard.ingress.domain.sync_project import SyncProject
from switchboard.ingress.handler import Desk, Worker
from switchboard.itsm_mock import wiring as desk
from switchboard.local.simulation.adapters import Adapters, Stamped
from switchboard.local.simulation.faults import REFUSED
from switchboard.local.simulation.kernel import Simulation
from switchboard.local.simulation.notion import BOT, PROJECTS, TOKEN, WORKSPACE, Stories
from switchboard.local.simulation.ports import Port
from switchboard.local.simulation.queues import Handler, Queue
from switchboard.orchestrator import wiring as orchestrator
from switchboard.orchestrator.adapters.scheduler import deadline_message
from switchboard.orchestrator.adapters.seals import JwsSeals, MemoryKeys
from switchboard.orchestrator.domain.model import StartFailedError, StartUnavailableError
from switchboard.orchestrator.domain.ports import AgentRun, DeadlineNotSetError
from switchboard.runtime.log import service_logger
from switchboard.runtime.queue_consumer import QueueConsumer

LIMITS = {"ingress": 120.0, "orchestrator": 45.0, "completion": 120.0, "itsm-mock": 30.0}
"""Seconds the workers may run, as their stacks say."""


class Services:
    """Each service's doors; `queues` are their inboxes."""

    def __init__(self, sim: Simulation, adapters: Adapters, queues: dict[str, Queue]) -> None:
        """Build everything on `adapters` and feed it from `queues`."""
        self._sim = sim
        self._on = adapters
        self._queues = queues
        self.orchestrator = self._orchestrator()
        self.api = self.orchestrator.api()
        self.sweep = self.orchestrator.sweep()
        self.tickets = desk.api(self._desk_ports())
        self.webhook = self._webhook()
        queues["ingress"].handler = self._ingress()
        queues["orchestrator"].handler = self.orchestrator.inbox(self._sqs("orchestrator"))
        queues["completion"].handler = self._completion()
        queues["itsm-mock"].handler = desk.inbox(self._desk_ports(), self._sqs("itsm-mock"))

    def _port(self, name: str, adapter: Any, refusal: Callable[[str], Exception]) -> Any:
        return Port(self._sim, name, adapter, refusal)

    def _store(self, name: str, adapter: Any) -> Any:
        return Port(self._sim, name, adapter)

    def _sqs(self, name: str) -> Any:
        return Port(self._sim, "sqs", self._queues[name])

    @property
    def _envelopes(self) -> Envelopes:
        return Envelopes(self._sim.clock, self._sim.new_id)

    def _webhook(self) -> WebhookDoor:
        vault = self._store("vault", MemoryVault(Credentials(verification_token=TOKEN)))
        receipts = self._store("ingress.receipts", self._on.receipts)
        cache = CredentialCache(vault, self._sim.clock)
        accept = AcceptWebhook(cache, receipts, self._envelopes, self._sim.clock)
        return WebhookDoor(accept, service_logger("ingress"))

    def _ingress(self) -> Handler:
        table, clock = self._on.table, self._sim.clock
        pages = self._port("notion.pages", self._on.notion.pages, NotionUnavailableError)
        bot = self._port(
            "notion.bot", MemoryBot(BotIdentity(BOT, WORKSPACE)), NotionUnavailableError
        )
        stories = Stories(self._on.notion, self._sim)
        projects = self._store("ingress.projects", MemoryProjects(table))
        journal = self._store("ingress.journal", self._on.journal)
        bodies = self._store("ingress.bodies", self._on.bodies)
        follow = FollowChange(
            pages=pages,
            bot=bot,
            journal=journal,
            origins=self._store("ingress.origins", MemoryOrigins(table)),
            request=RequestInvocation(pages, bodies, projects, self._envelopes),
            sync=SyncProject(projects, bot, self._envelopes),
            projects_data_source_id=PROJECTS,
            clock=clock,
        )
        make = MakeStory(
            stories=self._port("notion.stories", stories, NotionUnavailableError),
            projects=projects,
            journal=journal,
            leases=self._store("ingress.leases", MemoryLeases(table)),
            envelopes=self._envelopes,
            clock=clock,
            new_holder=self._sim.new_id,
        )
        logger = service_logger("ingress")
        handlers: dict[str, Any] = {
            ContentChangedV1.DETAIL_TYPE: Worker(follow, lambda _: [], logger),
            TicketCreatedV1.DETAIL_TYPE: Desk(make, logger),
        }
        return QueueConsumer(handlers, self._sqs("ingress"), logger)

    def _orchestrator(self) -> orchestrator.Orchestrator:
        on = self._on
        ports = orchestrator.Ports(
            self._store("invocations", Stamped(self._sim, on.store)),
            self._store("ledgers", on.store.ledgers),
            self._store("projects", on.projects),
            self._port("stories", on.stories, StartUnavailableError),
            self._port("runtimes", Runtimes(self._sim, on.runtimes), StartUnavailableError),
            self._port("timers", Timers(self._sim, on.timers, self._queues), DeadlineNotSetError),
            JwsSeals(MemoryKeys()),
            self._sim.clock,
            self._sim.new_id,
        )
        return orchestrator.Orchestrator(ports, orchestrator.Limits())

    def _completion(self) -> Handler:
        on, sim = self._on, self._sim
        ports = completion.Ports(
            board=self._port("board", on.notion.board, BoardUnavailableError),
            projects=self._store("delivery.projects", on.delivery_projects),
            deliveries=self._store("deliveries", on.deliveries),
            contents=self._port("contents", on.contents, ContentsUnavailableError),
        )
        handlers, give_up = completion.use_cases(ports, sim.sleep, sim.clock, sim.new_id)
        inbox = DeliveryInbox(
            handlers,
            give_up,
            self._sqs("completion"),
            TimeLeft(sim.seconds),
            service_logger("completion"),
            lambda: None,
        )
        return lambda batch: inbox(batch, LIMITS["completion"])

    def _desk_ports(self) -> desk.Ports:
        tickets = self._store("tickets", self._on.tickets)
        return desk.Ports(tickets, self._on.numbers, self._sim.clock, self._sim.new_id)


class Runtimes:
    """Runtimes that may say no for good, also after a start whose answer was lost."""

    def __init__(self, sim: Simulation, runtimes: Any) -> None:
        """Start agents in `runtimes`."""
        self._sim = sim
        self._runtimes = runtimes

    def start(self, run: AgentRun) -> None:
        """See the port."""
        if self._sim.weather.strikes(REFUSED, 0.03):
            raise StartFailedError(REFUSED, "Give the role its permission back")
        self._runtimes.start(run)

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is."""
        return getattr(self._runtimes, name)


class Timers:
    """The scheduler: keeps timers and lets them ring in the orchestrator's queue."""

    def __init__(self, sim: Simulation, kept: Any, queues: dict[str, Queue]) -> None:
        """Keep them in `kept`."""
        self._sim = sim
        self._kept = kept
        self._queues = queues

    def set(self, name: str, at: Any, flow: Any) -> None:
        """See the port."""
        self._kept.set(name, at, flow)
        self._sim.later((at - self._sim.now).total_seconds(), "", self._ring)

    def _ring(self) -> None:
        for flow in self._kept.due(self._sim.now):
            about = f"timer of {flow.invocation_id}"
            self._queues["orchestrator"].send(deadline_message(flow), about, 0.1)
