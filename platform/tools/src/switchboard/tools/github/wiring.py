"""The only place where the GitHub target's settings, clients and use cases meet."""

import time

import boto3

from switchboard.runtime.log import service_logger
from switchboard.tools.github.adapters.drafts import DynamoDrafts
from switchboard.tools.github.adapters.pygithub import AppCredentials, AppRepositories
from switchboard.tools.github.api import Repositories
from switchboard.tools.github.branches import CreateBranch, PushFiles
from switchboard.tools.github.comments import AddComment
from switchboard.tools.github.definition import GITHUB
from switchboard.tools.github.drafts import Drafts
from switchboard.tools.github.files import GetFileContents
from switchboard.tools.github.pull_requests import CreatePullRequest
from switchboard.tools.github.reading import ReadPullRequest
from switchboard.tools.github.reviews import WriteReview
from switchboard.tools.github.settings import Settings
from switchboard.tools.tool_target import ToolTarget, UseCase
from switchboard.tools.wiring import identity_keys, once, utc_now, with_emf


def use_cases(repositories: Repositories, drafts: Drafts) -> dict[str, UseCase]:
    """The target's tools."""
    return {
        "create_branch": CreateBranch(repositories),
        "push_files": PushFiles(repositories),
        "create_pull_request": CreatePullRequest(repositories),
        "get_file_contents": GetFileContents(repositories),
        "pull_request_read": ReadPullRequest(repositories),
        "pull_request_review_write": WriteReview(repositories, drafts),
        "add_comment_to_pending_review": AddComment(repositories, drafts),
    }


def target(settings: Settings) -> ToolTarget:
    """Build the target on real services."""
    keys = identity_keys(settings.WORKLOAD_NAME)

    def app() -> AppCredentials:
        return AppCredentials(
            keys.key(settings.GITHUB_APP_ID_PROVIDER), keys.key(settings.GITHUB_APP_KEY_PROVIDER)
        )

    repositories = AppRepositories(settings.GITHUB_API_URL, app, utc_now, time.sleep, keys.forget)
    drafts = DynamoDrafts(boto3.resource("dynamodb").Table(settings.LEDGER_TABLE), utc_now)
    return ToolTarget(
        GITHUB,
        use_cases(repositories, drafts),
        once(settings.LEDGER_TABLE),
        with_emf(),
        service_logger("tools-github"),
    )
