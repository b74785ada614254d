"""Where the outside world is: parameters, so that a local deployment can point to stand-ins."""

from collections.abc import Mapping

import aws_cdk as cdk


class Endpoints:
    """Base URLs of Notion and GitHub, and of prototypes when it is not the distribution's."""

    def __init__(self, stack: cdk.Stack) -> None:
        """Declare the parameters in `stack`; their names are part of its interface."""
        self.notion = cdk.CfnParameter(
            stack,
            "NotionApiUrl",
            default="https://api.notion.com",
            description="Base URL of the Notion API",
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
        return {"notion/url": self.notion, "github/url": self.github}
