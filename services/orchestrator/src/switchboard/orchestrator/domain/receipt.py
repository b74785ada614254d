"""What a run cost, line by line, from a dated price table (BUD-04, NEW-07)."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from switchboard.events.values import Receipt, ReceiptLine, RunUsage, TokenUsage
from switchboard.orchestrator.domain.model import ZERO

_CENT_FRACTION = Decimal("0.00000001")
_SECONDS_PER_HOUR = Decimal(3600)
_MILLION = Decimal(1_000_000)
MODEL_PRICES = ("input", "output", "cache_read", "cache_write")


class ModelPrice(BaseModel):
    """US dollars per million tokens of one model id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal
    note: str | None = None

    def times(self, factor: Decimal) -> "ModelPrice":
        """The same model at another rate."""
        changed = {name: getattr(self, name) * factor for name in MODEL_PRICES}
        return self.model_copy(update=changed)


class PriceTable(BaseModel):
    """All prices of one date; the version stands on every receipt made with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    models: dict[str, ModelPrice]
    surcharges: dict[str, Decimal]
    """Inference-profile prefix -> factor on the model's `global.` price."""
    vcpu_hour: Decimal
    gb_hour: Decimal
    gateway_call: Decimal
    policy_decision: Decimal

    def model_price(self, model_id: str) -> ModelPrice:
        """The prices of a model; an unknown one costs the most there is, and its note says so.

        An entry that ends with `*` is for every id that begins so.

        A price that nobody entered must not fail a run that has been paid for.
        """
        if model_id in self.models:
            return self.models[model_id]
        for name, price in self.models.items():
            if name.endswith("*") and model_id.startswith(name[:-1]):
                return price
        for prefix, factor in self.surcharges.items():
            relative = self.models.get("global." + model_id.removeprefix(prefix))
            if model_id.startswith(prefix) and relative is not None:
                return relative.times(factor)
        highest = {
            name: max(getattr(price, name) for price in self.models.values())
            for name in MODEL_PRICES
        }
        return ModelPrice(
            **highest, note=f"no price for model {model_id!r}: the highest known prices are used"
        )

    def receipt(self, tokens: TokenUsage, usage: RunUsage) -> Receipt:
        """Price a run that reported what it used."""
        price = self.model_price(usage.model_id)
        counts = {
            "input": tokens.input_tokens,
            "output": tokens.output_tokens,
            "cache_read": usage.cache_read_tokens,
            "cache_write": usage.cache_write_tokens,
        }
        lines = [
            _line(f"model {name} tokens", Decimal(count), "token", getattr(price, name) / _MILLION)
            for name, count in counts.items()
        ]
        cpu_hours = _seconds(usage.cpu_seconds) / _SECONDS_PER_HOUR
        memory = _seconds(usage.wall_seconds) * _seconds(usage.peak_memory_gb) / _SECONDS_PER_HOUR
        calls = Decimal(usage.tool_calls)
        lines += [
            _line("runtime cpu", cpu_hours, "vCPU-hour", self.vcpu_hour),
            _line("runtime memory", memory, "GB-hour", self.gb_hour),
            _line("gateway calls", calls, "call", self.gateway_call),
            _line("policy decisions", calls, "decision", self.policy_decision),
        ]
        return self._sum([line for line in lines if line.amount_usd], price.note)

    def nothing(self, note: str) -> Receipt:
        """The receipt of an invocation for which no agent ran."""
        return self._sum([], note)

    def whole(self, reservation: Decimal, note: str) -> Receipt:
        """The receipt of a run that never reported: its reservation, which bounds the real cost."""
        line = ReceiptLine(
            item="reservation charged in full",
            quantity="1",
            unit="reservation",
            unit_price_usd=reservation,
            amount_usd=reservation,
        )
        return self._sum([line], note)

    def _sum(self, lines: list[ReceiptLine], note: str | None) -> Receipt:
        return Receipt(
            lines=lines,
            price_table_version=self.version,
            total_usd=sum((line.amount_usd for line in lines), ZERO),
            note=note,
        )


def _seconds(value: float) -> Decimal:
    """A measured float as a decimal; a negative or absurd one counts as zero."""
    number = Decimal(str(value))
    return number if number.is_finite() and number > 0 else ZERO


def _line(item: str, quantity: Decimal, unit: str, unit_price: Decimal) -> ReceiptLine:
    """Price a quantity that is rounded first, so that the printed line multiplies out."""
    rounded = max(ZERO, quantity).quantize(_CENT_FRACTION, ROUND_HALF_UP).normalize()
    values: dict[str, Any] = {
        "item": item,
        "quantity": format(rounded, "f"),
        "unit": unit,
        "unit_price_usd": unit_price,
        "amount_usd": (rounded * unit_price).quantize(_CENT_FRACTION, ROUND_HALF_UP),
    }
    return ReceiptLine(**values)
