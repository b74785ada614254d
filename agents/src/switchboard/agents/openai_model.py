"""Strands' OpenAI model as the meter needs it: a bound on the output, and tokens counted once."""

from typing import Any

from strands.models.openai import OpenAIModel
from strands.types.streaming import StreamEvent


class BoundedOpenAIModel(OpenAIModel):
    """Takes `max_tokens` like the other models; OpenAI has it among the parameters of a call."""

    def __init__(self, *, most: str, max_tokens: int, **config: Any) -> None:
        """Send the bound under the name `most`, which differs between servers."""
        self._most = most
        super().__init__(**config, params={most: max_tokens})

    def update_config(self, **model_config: Any) -> None:
        """Change the configuration; `max_tokens` becomes the parameter of the call."""
        bound = model_config.pop("max_tokens", None)
        if bound is not None:
            params: dict[str, Any] = dict(self.config.get("params") or {})  # type: ignore[call-overload]
            model_config["params"] = {**params, self._most: bound}
        super().update_config(**model_config)

    def format_chunk(self, event: dict[str, Any], **kwargs: Any) -> StreamEvent:
        """OpenAI counts cached tokens as input too; here they are counted as cached only."""
        chunk = super().format_chunk(event, **kwargs)
        usage: Any = chunk.get("metadata", {}).get("usage")
        if usage:
            cached = usage.get("cacheReadInputTokens", 0) + usage.get("cacheWriteInputTokens", 0)
            usage["inputTokens"] = max(0, usage["inputTokens"] - cached)
        return chunk
