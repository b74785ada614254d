"""Every target and tool, and which agent may call what (F14, AGT-21).

The CDK stack, the Cedar schema and the tests are made from these data.
"""

from switchboard.tools.github.definition import GITHUB
from switchboard.tools.notion.definition import NOTION
from switchboard.tools.prototype.definition import PROTOTYPE
from switchboard.tools.sandbox.definition import SANDBOX
from switchboard.tools.tool import Target

TARGETS: tuple[Target, ...] = (NOTION, GITHUB, PROTOTYPE, SANDBOX)

_READ_NOTION = (
    "notion___notion-search",
    "notion___notion-fetch",
    "notion___notion-query-data-sources",
)
_WRITE_PAGES = ("notion___notion-create-pages",)
_SANDBOX = ("sandbox___execute_code", "sandbox___install_package")
_UPLOADER = ("prototype___s3_upload_prototype", "prototype___s3_generate_url")

ALLOW_LIST: dict[str, tuple[str, ...]] = {
    "code": (
        *_READ_NOTION,
        "github___create_branch",
        "github___push_files",
        "github___create_pull_request",
        "github___get_file_contents",
        *_SANDBOX,
    ),
    "mock": (*_READ_NOTION, *_SANDBOX, *_UPLOADER),
    "demo_deck": (*_READ_NOTION, *_WRITE_PAGES, "notion___notion-create-database"),
    "insight": (*_READ_NOTION, *_WRITE_PAGES),
    "spec": (*_READ_NOTION, *_WRITE_PAGES),
    "review": (
        *_READ_NOTION,
        "github___pull_request_read",
        "github___pull_request_review_write",
        "github___add_comment_to_pending_review",
    ),
    "a_b_test": (*_READ_NOTION, *_SANDBOX, *_UPLOADER),
}
"""Agent type -> full names of the tools it may see and call; the Cedar files say the same."""


def all_tools() -> list[str]:
    """The full names of all tools, in the manifest's order."""
    return [target.full_name(tool) for target in TARGETS for tool in target.tools]
