"""Where the local platform keeps its state: `.switchboard/` in the repository root by default."""

from dataclasses import dataclass
from pathlib import Path


class CheckoutNotFoundError(RuntimeError):
    """The package does not lie in a Switchboard checkout, so there is nothing to deploy from."""


def repository_root(start: Path = Path(__file__)) -> Path:
    """The folder that holds `hatch.toml`.

    Raises:
        CheckoutNotFoundError: no folder above `start` holds one.
    """
    for folder in start.resolve().parents:
        if (folder / "hatch.toml").exists():
            return folder
    raise CheckoutNotFoundError(
        f"{start} is not inside a Switchboard checkout: no hatch.toml above it"
    )


@dataclass(frozen=True)
class Home:
    """The layout of the state folder; nothing outside it is written by the local platform."""

    root: Path

    @property
    def engine_state(self) -> Path:
        """What the engine keeps over a restart."""
        return self.root / "engine"

    @property
    def registry(self) -> Path:
        """One JSON file per deployed resource that a stand-in (not the engine) has to serve."""
        return self.root / "registry"

    @property
    def aws_journal(self) -> Path:
        """A line for each AWS call of our own code."""
        return self.root / "journal" / "aws.jsonl"

    @property
    def traces(self) -> Path:
        """Spans of our own code, a file of OTLP lines per process."""
        return self.root / "traces"

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """One pid file per process."""
        return self.root / "run"

    @property
    def assemblies(self) -> Path:
        """One synthesized cloud assembly per CDK app."""
        return self.root / "cdk.out"

    @property
    def stamp(self) -> Path:
        """What was deployed last, so that an unchanged checkout is not deployed again."""
        return self.root / "deployed.json"

    @property
    def notion_workspace(self) -> Path:
        """Ids and token of the seeded Notion workspace, written by the Notion stand-in."""
        return self.root / "notion" / "workspace.json"

    @property
    def github_app(self) -> Path:
        """App id and private key, written by the GitHub stand-in."""
        return self.root / "github" / "app.json"

    @property
    def connect(self) -> Path:
        """Amazon Connect: its signing key, associations and contacts."""
        return self.root / "connect"

    @property
    def shadow(self) -> Path:
        """The home of the second platform in which an archived flow is replayed."""
        return self.root / "shadow" / "platform"

    def engine_venv(self, fingerprint: str) -> Path:
        """The engine's own environment; a change of its pins makes a new one."""
        return self.root / f"engine-{fingerprint}"
