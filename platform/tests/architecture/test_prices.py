"""The agents meter with the prices the orchestrator settles with."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

KINDS = ("input", "output", "cache_read", "cache_write")


def prices(path: Path) -> tuple[str, dict[str, dict[str, Decimal]]]:
    table: dict[str, Any] = json.loads(path.read_text())
    models = {
        name: {kind: Decimal(four[kind]) for kind in KINDS}
        for name, four in table["models"].items()
    }
    return table["version"], models


def test_meter_and_ledger_know_the_same_price_table(root: Path) -> None:
    settled = root / "services/orchestrator/src/switchboard/orchestrator/prices/2026-11-01.json"
    metered = root / "agents/src/switchboard/agents/prices.json"

    assert prices(metered) == prices(settled)
