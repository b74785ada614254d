"""The environment of the engine process; standard library only, there is no pydantic in there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class EngineSettings:
    """What the supervisor tells the engine."""

    port: int
    registry: Path
    bundles: Path
    journal: Path
    gateway_url: str
    save_every_seconds: float

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "EngineSettings":
        """Fail with the missing variable's name."""
        return cls(
            port=int(env["GATEWAY_PORT"]),
            registry=Path(env["SWITCHBOARD_ENGINE_REGISTRY"]),
            bundles=Path(env["SWITCHBOARD_ENGINE_BUNDLES"]),
            journal=Path(env["SWITCHBOARD_ENGINE_JOURNAL"]),
            gateway_url=env["SWITCHBOARD_ENGINE_GATEWAY_URL"],
            save_every_seconds=float(env.get("SWITCHBOARD_ENGINE_SAVE_SECONDS", "5")),
        )
