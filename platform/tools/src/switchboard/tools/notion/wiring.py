"""The only place where the Notion target's settings, clients and use cases meet."""

import random
import time

import boto3
import httpx

from switchboard.runtime.log import service_logger
from switchboard.tools.adapters.secrets import Secret
from switchboard.tools.notion.adapters.notion_client import NotionClientApi
from switchboard.tools.notion.api import NotionApi
from switchboard.tools.notion.definition import NOTION
from switchboard.tools.notion.existing import Existing
from switchboard.tools.notion.reading import Fetch, QueryDataSources, Search
from switchboard.tools.notion.settings import Settings
from switchboard.tools.notion.writing import (
    CreateComment,
    CreateDatabase,
    CreatePages,
    UpdatePage,
)
from switchboard.tools.tool_target import ToolTarget, UseCase
from switchboard.tools.wiring import once, utc_now, with_emf


def use_cases(api: NotionApi) -> dict[str, UseCase]:
    """The target's tools on `api`."""
    existing = Existing(api)
    return {
        "notion-search": Search(api),
        "notion-fetch": Fetch(api),
        "notion-query-data-sources": QueryDataSources(api),
        "notion-create-pages": CreatePages(api, existing, utc_now),
        "notion-update-page": UpdatePage(api),
        "notion-create-database": CreateDatabase(api, existing, utc_now),
        "notion-create-comment": CreateComment(api, existing, utc_now),
    }


def target(settings: Settings) -> ToolTarget:
    """Build the target on real services."""
    token = Secret(boto3.client("secretsmanager"), settings.NOTION_TOKEN_ARN)
    api = NotionClientApi(
        settings.NOTION_API_URL,
        token.text,
        httpx.Client(),
        time.sleep,
        random.random,
    )
    return ToolTarget(
        NOTION,
        use_cases(api),
        once(settings.LEDGER_TABLE),
        with_emf(),
        service_logger("tools-notion"),
    )
