"""Where the outside world is: parameters, so that a local deployment can point to stand-ins.

`NotionWorkspaceId` belongs to one environment alone; `deploy` gives it (ENV-01).
"""

from collections.abc import Mapping

import aws_cdk as cdk


class Endpoints:
    """Base URLs of Notion, GitHub and prototypes, and whose Notion it is."""

    def __init__(self, stack: cdk.Stack) -> None:
        """Declare the parameters in `stack`; their names are part of its interface."""
        self.notion = cdk.CfnParameter(
            stack,
            "NotionApiUrl",
            default="https://api.notion.com",
            description="Base URL of the Notion API",
        ).value_as_string
        self.workspace = cdk.CfnParameter(
            stack,
            "NotionWorkspaceId",
            default="unset",
            description="Notion workspace of this environment alone; unset takes any",
        ).value_as_string
        self.github = cdk.CfnParameter(
            stack,
            "GithubApiUrl",
            default="https://api.github.com",
            description="Base URL of the GitHub REST API",
        ).value_as_string
        self.prototypes = cdk.CfnParameter(
            stack,
            "PrototypesUrl",
            default="",
            description="Base URL of prototypes; empty for the distribution's own domain",
        ).value_as_string

    def values(self) -> Mapping[str, str]:
        """What services look up."""
        return {
            "notion/url": self.notion,
            "notion/workspace-id": self.workspace,
            "github/url": self.github,
        }
