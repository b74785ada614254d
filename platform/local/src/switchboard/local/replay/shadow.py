"""The shadow: a second platform below the first one's home, with ports and a bus of its own.

It takes the first platform's templates and engine as they are, so only the deployment takes time.
Whatever happens, it is torn down: by the replay itself, by the next one, or by `down`.
"""

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from switchboard.local import embedded
from switchboard.local.deployment.stamp import Stamp, fingerprint
from switchboard.local.home import Home, repository_root
from switchboard.local.processes import specs
from switchboard.local.processes.lock import BusyError, exclusive
from switchboard.local.processes.supervisor import Supervisor
from switchboard.local.replay.refusal import ReplayRefusedError
from switchboard.local.settings import HOST, LocalSettings

PORTS = (
    "engine",
    "agentcore",
    "gateway",
    "notion",
    "github",
    "prototypes",
    "connect",
)
GRACE_SECONDS = 2
"""Nothing of the shadow is worth being saved."""
LENT = ("engine-*", "cdk.out", "engine/bundles/*", "runtimes/*")
"""What the shadow takes from the first platform and only reads: the engine's environment, the
templates, unpacked code. All are named by a hash of their content, but for the templates."""

Report = Callable[[str], None]
Furnish = Callable[[LocalSettings], None]


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, all different."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((HOST, 0))
        return [int(each.getsockname()[1]) for each in sockets]


def settings_of(live: LocalSettings) -> LocalSettings:
    """The settings of a platform's shadow."""
    ports = {f"port_{name}": port for name, port in zip(PORTS, free_ports(len(PORTS)), strict=True)}
    return live.model_copy(update={"home": live.folder.shadow, **ports})


@contextmanager
def shadow(
    live: LocalSettings, furnish: Furnish, report: Report, *, keep: bool = False
) -> Iterator[LocalSettings]:
    """A shadow that is up; `furnish` writes its state before anything runs there.

    Raises:
        ReplayRefusedError: another replay is at work, or the shadow cannot start.
    """
    with _alone(live):
        tear_down(live)
        stamp = _stamp(live)
        chosen = settings_of(live)
        kept = False
        try:
            _lend(live, chosen)
            furnish(chosen)
            _start(chosen, stamp, report)
            yield chosen
            kept = keep
        finally:
            if not kept:
                tear_down(live)


def tear_down(live: LocalSettings) -> None:
    """End the shadow of a platform, if there is one, and forget all of it."""
    home = live.folder.shadow
    if not home.exists():
        return
    supervisor = Supervisor(Home(home))
    for name in specs.NAMES:
        supervisor.stop(name, GRACE_SECONDS)
    supervisor.sweep()
    shutil.rmtree(home, ignore_errors=True)


def _start(chosen: LocalSettings, stamp: Stamp, report: Report) -> None:
    try:
        embedded.up(report, chosen, stamp)
    except (RuntimeError, OSError) as error:
        remedy = getattr(error, "remedy", None) or "see what is wrong: hatch run doctor"
        if is_outdated(stamp):
            remedy = "the checkout was changed since the platform came up: hatch run up, then again"
        raise ReplayRefusedError(f"the shadow could not start: {error}", remedy) from error


def is_outdated(stamp: Stamp) -> bool:
    """Whether the checkout was changed since these templates were made."""
    return stamp.fingerprint != fingerprint(repository_root())


@contextmanager
def _alone(live: LocalSettings) -> Iterator[None]:
    # The lock lies beside the shadow's home: the shadow holds its own one while it starts.
    lock = exclusive(Home(live.folder.shadow.parent))
    with ExitStack() as held:
        try:
            held.enter_context(lock)
        except BusyError as error:
            raise ReplayRefusedError(
                "another replay is at work here", "wait until it has ended"
            ) from error
        yield


def _stamp(live: LocalSettings) -> Stamp:
    stamp = Stamp.read(live.folder.stamp)
    if stamp is None or not all((live.folder.assemblies / app).is_dir() for app in stamp.apps):
        raise ReplayRefusedError(
            f"the platform's templates are not in {live.folder.assemblies}",
            "make them again: hatch run up",
        )
    return stamp


def _lend(live: LocalSettings, chosen: LocalSettings) -> None:
    chosen.home.mkdir(parents=True)
    for pattern in LENT:
        for path in live.home.glob(pattern):
            place = chosen.home / path.relative_to(live.home)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(path, target_is_directory=True)
