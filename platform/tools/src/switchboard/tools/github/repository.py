"""The guard of the GitHub target: this invocation's repository and its work branch, nothing else.

The gateway's policies say the same; the target checks it again (defence in depth, SEC-07).
"""

from switchboard.tools.arguments import Arguments
from switchboard.tools.errors import AuthFailedError, InvalidArgumentsError
from switchboard.tools.github.api import GithubError, Repositories, RepositoryApi
from switchboard.tools.tool_target import Call

NOT_FOUND, REFUSED = 404, 422
"""HTTP statuses of GitHub that callers handle."""


def own_repository(repositories: Repositories, arguments: Arguments, call: Call) -> RepositoryApi:
    """The repository the arguments name, if it is the invocation's own.

    Raises:
        AuthFailedError: it is another repository.
    """
    owner, name = call.invocation.own_repository()
    if (arguments["owner"], arguments["repo"]) != (owner, name):
        raise AuthFailedError(
            "This invocation may use only its project's repository", f"Use {owner}/{name}"
        )
    return repositories.open(owner, name)


def own_branch(branch: str, call: Call) -> str:
    """The branch, if it is the invocation's work branch; so never the default branch.

    Raises:
        AuthFailedError: it is another branch.
    """
    if branch != call.invocation.work_branch:
        raise AuthFailedError(
            "This invocation may write only its own work branch",
            f"Use the branch {call.invocation.work_branch}",
        )
    return branch


def as_arguments_error(error: GithubError, subject: str) -> InvalidArgumentsError:
    """What GitHub said, as an error of the arguments."""
    if error.status == NOT_FOUND:
        return InvalidArgumentsError(f"GitHub has no {subject}")
    return InvalidArgumentsError(f"GitHub refused {subject}: {error}")
