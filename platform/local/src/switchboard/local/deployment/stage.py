"""One deployment of the whole checkout: synthesize when something changed, deploy, remember."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from switchboard.local.deployment import stamp
from switchboard.local.deployment.deployer import Deployed, Deployer
from switchboard.local.deployment.synthesis import Synthesizer
from switchboard.local.home import Home

Report = Callable[[str], None]


@dataclass(frozen=True)
class Preparation:
    """The synthesis as it was begun before the engine was up."""

    fingerprint: str
    last: stamp.Stamp | None
    apps: Iterable[str]
    """Each app as soon as its assembly is there."""


@dataclass(frozen=True)
class Stage:
    """Brings the stacks of a checkout to an engine."""

    root: Path
    home: Home
    synthesizer: Synthesizer
    deployer: Deployer

    def prepare(self, report: Report, ready: stamp.Stamp | None = None) -> Preparation:
        """Look at the sources and begin to synthesize, in the background, when they changed.

        With `ready`, another platform's stamp, its assemblies are taken as they lie in this home.
        """
        if ready is not None:
            return Preparation(ready.fingerprint, None, ready.apps)
        now = stamp.fingerprint(self.root)
        last = stamp.Stamp.read(self.home.stamp)
        known = last is not None and last.fingerprint == now
        apps = last.apps if known and last is not None else self.synthesizer(report)
        return Preparation(now, last, apps)

    def deploy(
        self, preparation: Preparation, parameters: Mapping[str, str], report: Report
    ) -> list[Deployed]:
        """Deploy what was prepared; nothing at all when the engine has it already.

        Raises:
            SynthesisError: a CDK app failed.
            DeployError: a stack failed.
        """
        last = preparation.last
        if self._is_deployed(preparation, parameters) and last is not None:
            return [Deployed(name, "unchanged", 0.0) for name in last.stacks]
        self.deployer.bootstrap()
        apps: list[str] = []
        done: list[Deployed] = []
        for app in preparation.apps:
            apps.append(app)
            done += self.deployer.deploy(self.home.assemblies / app, parameters, report)
        stamp.Stamp(
            preparation.fingerprint, apps, [item.name for item in done], dict(parameters)
        ).write(self.home.stamp)
        return done

    def _is_deployed(self, preparation: Preparation, parameters: Mapping[str, str]) -> bool:
        last = preparation.last
        return (
            last is not None
            and last.fingerprint == preparation.fingerprint
            and last.parameters == dict(parameters)
            and self.deployer.complete(last.stacks)
        )
