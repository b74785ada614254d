"""The only place where the Notion target's settings, clients and use cases meet."""

import random
import time
from collections.abc import Callable
from typing import Any

import boto3
import httpx
from botocore.config import Config

from switchboard.runtime.log import service_logger
from switchboard.tools.notion.adapters.bedrock import BedrockKnowledge
from switchboard.tools.notion.adapters.notion_client import NotionClientApi
from switchboard.tools.notion.api import NotionApi
from switchboard.tools.notion.definition import NOTION
from switchboard.tools.notion.existing import Existing
from switchboard.tools.notion.knowledge import Knowledge, KnowledgeFirst, NoKnowledge
from switchboard.tools.notion.reading import Fetch, QueryDataSources, Search
from switchboard.tools.notion.row_tables import LoadTable
from switchboard.tools.notion.settings import NO_KNOWLEDGE_BASE, Settings
from switchboard.tools.notion.sql_query import QuerySql, Snapshots
from switchboard.tools.notion.writing import (
    CreateComment,
    CreateDatabase,
    CreatePages,
    UpdatePage,
)
from switchboard.tools.tool_target import ToolTarget, UseCase
from switchboard.tools.wiring import identity_keys, once, utc_now, with_emf

KNOWLEDGE_SECONDS = 10
"""How long a search waits for the knowledge base before it asks Notion instead."""


def unheard(_: str) -> None:
    """For those who need no report."""


def use_cases(
    api: NotionApi,
    knowledge: Knowledge | None = None,
    report: Callable[[str], None] = unheard,
) -> dict[str, UseCase]:
    """The target's tools on `api`, searching in `knowledge` first."""
    existing = Existing(api)
    return {
        "notion-search": KnowledgeFirst(Search(api), knowledge or NoKnowledge(), utc_now, report),
        "notion-fetch": Fetch(api),
        "notion-query-data-sources": QueryDataSources(
            api, QuerySql(LoadTable(api), Snapshots(time.monotonic))
        ),
        "notion-create-pages": CreatePages(api, existing, utc_now),
        "notion-update-page": UpdatePage(api),
        "notion-create-database": CreateDatabase(api, existing, utc_now),
        "notion-create-comment": CreateComment(api, existing, utc_now),
    }


def target(settings: Settings) -> ToolTarget:
    """Build the target on real services."""
    keys = identity_keys(settings.WORKLOAD_NAME)
    api = NotionClientApi(
        settings.NOTION_API_URL,
        lambda: keys.key(settings.NOTION_PROVIDER),
        httpx.Client(),
        time.sleep,
        random.random,
        keys.forget,
    )
    logger = service_logger("tools-notion")

    def report(reason: str) -> None:
        logger.warning("knowledge base could not be asked", reason=reason)

    return ToolTarget(
        NOTION,
        use_cases(api, knowledge_of(settings), report),
        once(settings.LEDGER_TABLE),
        with_emf(),
        logger,
    )


def knowledge_of(settings: Settings) -> Knowledge:
    """The environment's knowledge base, or none."""
    if settings.KNOWLEDGE_BASE_ID == NO_KNOWLEDGE_BASE:
        return NoKnowledge()
    patience = Config(
        connect_timeout=2, read_timeout=KNOWLEDGE_SECONDS, retries={"total_max_attempts": 2}
    )
    client: Any = boto3.client("bedrock-agent-runtime", config=patience)
    return BedrockKnowledge(client, settings.KNOWLEDGE_BASE_ID)
