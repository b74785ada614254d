"""A stack to find something in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.infra_gates.assembly import Explanation, Stack

MakeStack = Callable[..., Stack]


@pytest.fixture
def make_stack(tmp_path: Path) -> MakeStack:
    """A stack of the app `shop`; resources are given as `id=(type, properties)`."""

    def make(
        *,
        environment: str = "dev",
        explanations: tuple[Explanation, ...] = (),
        deletion: dict[str, str] | None = None,
        **resources: tuple[str, dict[str, Any]],
    ) -> Stack:
        return Stack(
            app="shop",
            environment=environment,
            name=f"switchboard-{environment}-shop",
            template={
                "Resources": {
                    name: {
                        "Type": kind,
                        "Properties": properties,
                        **({"DeletionPolicy": deletion[name]} if name in (deletion or {}) else {}),
                    }
                    for name, (kind, properties) in resources.items()
                }
            },
            file=tmp_path / "shop.template.json",
            paths={name: f"Parts/{name}" for name in resources},
            explanations=explanations,
        )

    return make
