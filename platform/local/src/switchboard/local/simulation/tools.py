"""The real tool targets behind the effect ledger, as far as the scripted agents use them."""

from typing import Any

from switchboard.local.simulation.adapters import Adapters
from switchboard.local.simulation.kernel import Simulation
from switchboard.local.simulation.ports import Port
from switchboard.runtime.log import service_logger
from switchboard.tools.errors import FailedError
from switchboard.tools.github.adapters.memory import MemoryDrafts
from switchboard.tools.github.definition import GITHUB
from switchboard.tools.github.wiring import use_cases as github_tools
from switchboard.tools.ledger import Once
from switchboard.tools.notion.definition import NOTION
from switchboard.tools.notion.existing import Existing
from switchboard.tools.notion.writing import CreateComment, CreatePages
from switchboard.tools.prototype.definition import PROTOTYPE
from switchboard.tools.prototype.upload import Expiries, GenerateUrl, UploadPrototype
from switchboard.tools.tool import Target
from switchboard.tools.tool_target import ToolTarget, UseCase


class Tools:
    """The targets; each call is a process of its own."""

    def __init__(self, sim: Simulation, adapters: Adapters) -> None:
        """Build them on `adapters`."""
        self._sim = sim
        self._on = adapters
        ledger: Any = Port(sim, "effects", adapters.effects)
        self._once = Once(ledger, sim.clock, sim.sleep, sim.new_id)
        self.targets = {
            "github": self._target(GITHUB, self._github()),
            "notion": self._target(NOTION, self._notion()),
            "prototype": self._target(PROTOTYPE, self._prototype()),
        }

    def _target(self, target: Target, uses: dict[str, UseCase]) -> ToolTarget:
        return ToolTarget(target, uses, self._once, NoMetrics(), service_logger("tools"))

    def _github(self) -> dict[str, UseCase]:
        repositories = Repositories(self._sim, self._on.repositories)
        return github_tools(repositories, MemoryDrafts())

    def _notion(self) -> dict[str, UseCase]:
        api: Any = Port(self._sim, "notion", self._on.notion.tools, _failed)
        existing = Existing(api)
        return {
            "notion-create-pages": CreatePages(api, existing, self._sim.clock),
            "notion-create-comment": CreateComment(api, existing, self._sim.clock),
        }

    def _prototype(self) -> dict[str, UseCase]:
        files: Any = Port(self._sim, "prototypes", self._on.prototypes, _failed)
        expiries = Expiries(files)
        no_sandbox: Any = None
        upload = UploadPrototype(files, expiries, no_sandbox, NoMetrics(), self._sim.clock)
        address = GenerateUrl(files, expiries, "https://prototypes.example")
        return {"s3_upload_prototype": upload, "s3_generate_url": address}


class Repositories:
    """GitHub; the schedule stands before each repository."""

    def __init__(self, sim: Simulation, repositories: Any) -> None:
        """Open `repositories`."""
        self._sim = sim
        self._repositories = repositories

    def open(self, owner: str, name: str) -> Any:
        """See the port."""
        return Port(self._sim, "github", self._repositories.open(owner, name), _failed)


class NoMetrics:
    """Nobody counts."""

    def tool_called(self, tool: str, milliseconds: float, *, failed: bool) -> None:
        """See the port."""

    def prototype_deployed(self) -> None:
        """See the port."""


def _failed(reason: str) -> Exception:
    return FailedError(reason, "Try again in a minute")
