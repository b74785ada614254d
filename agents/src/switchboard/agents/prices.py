"""What a token costs: the dated price table the meter uses (USD per million tokens).

The receipt is made by the orchestrator from its own table; this one only decides when to stop.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

UNBOUNDED = 10**9
"""Tokens that a free model may write, as far as money is concerned."""
_MILLION = Decimal(1_000_000)
_REGIONAL_SURCHARGE = Decimal("1.1")
"""Regional inference profiles of Claude cost ten percent more than `global.` ones."""
_REGIONS = ("us", "eu", "apac", "jp", "au", "ca")


class UnknownModelPriceError(LookupError):
    """The model has no entry in the price table, so its cost could not be limited."""


@dataclass(frozen=True)
class ModelPrice:
    """The four prices of a model, in USD per million tokens."""

    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal

    def cost(
        self, tokens_in: int, tokens_out: int, cache_read: int = 0, cache_write: int = 0
    ) -> Decimal:
        """What so many tokens cost, in USD, unrounded."""
        return (
            self.input * tokens_in
            + self.output * tokens_out
            + self.cache_read * cache_read
            + self.cache_write * cache_write
        ) / _MILLION

    def greatest_input_cost(self, tokens: int) -> Decimal:
        """The most that so many input tokens can cost, whatever the cache does."""
        return max(self.input, self.cache_write, self.cache_read) * tokens / _MILLION

    def affordable_output(self, usd: Decimal) -> int:
        """How many output tokens this much money buys."""
        return UNBOUNDED if not self.output else int(usd * _MILLION / self.output)

    def scaled(self, factor: Decimal) -> "ModelPrice":
        """The same prices with a surcharge."""
        return ModelPrice(
            self.input * factor,
            self.output * factor,
            self.cache_read * factor,
            self.cache_write * factor,
        )


@cache
def _table() -> dict[str, ModelPrice]:
    text = files("switchboard.agents").joinpath("prices.json").read_text(encoding="utf-8")
    models = json.loads(text)["models"]
    return {
        model_id: ModelPrice(**{name: Decimal(value) for name, value in prices.items()})
        for model_id, prices in models.items()
    }


def price_of(model_id: str) -> ModelPrice:
    """Look the prices of a model up; an entry that ends with `*` is for every id that begins so.

    Raises:
        UnknownModelPriceError: names the models that have a price.
    """
    table = _table()
    if model_id in table:
        return table[model_id]
    for name, price in table.items():
        if name.endswith("*") and model_id.startswith(name[:-1]) and model_id != name[:-1]:
            return price
    region, _, model = model_id.partition(".")
    if region in _REGIONS and f"global.{model}" in table:
        return table[f"global.{model}"].scaled(_REGIONAL_SURCHARGE)
    raise UnknownModelPriceError(
        f"no price for model {model_id!r}; add it to the price tables of the agents (prices.json) "
        f"and of the orchestrator. Known: {', '.join(sorted(table))}"
    )
