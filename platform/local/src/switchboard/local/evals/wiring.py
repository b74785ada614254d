"""The judge's client: the one that an evaluation makes itself."""

import boto3
import httpx
from botocore.config import Config

from switchboard.local.evals.judge import ChatCompletions, Converse, Messages, ModelJudge
from switchboard.local.settings import LocalSettings

SECONDS = 120
ADDRESSES = {
    "anthropic": "https://api.anthropic.com",
    "openai": "https://api.openai.com/v1",
    "ollama": "http://127.0.0.1:11434",
}


def judge(settings: LocalSettings, model_id: str) -> ModelJudge:
    """A judge of the provider that the agents' model has (`SWITCHBOARD_MODEL_PROVIDER`).

    On Bedrock it is asked in the account of the caller's own AWS configuration, never here.
    """
    provider = settings.model_provider
    if provider == "bedrock":
        config = Config(connect_timeout=10, read_timeout=SECONDS)
        return ModelJudge(Converse(boto3.client("bedrock-runtime", config=config), model_id))
    address = settings.model_base_url or ADDRESSES[provider]
    key = settings.model_api_key.get_secret_value()
    if provider == "anthropic":
        headers = {"x-api-key": key, "anthropic-version": "2023-06-01"}
        return ModelJudge(Messages(_http(address, headers), model_id))
    if provider == "ollama":
        address = f"{address.rstrip('/')}/v1"
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return ModelJudge(ChatCompletions(_http(address, headers), model_id))


def _http(address: str, headers: dict[str, str]) -> httpx.Client:
    base = f"{address.rstrip('/')}/"
    return httpx.Client(base_url=base, headers=headers, timeout=SECONDS)
