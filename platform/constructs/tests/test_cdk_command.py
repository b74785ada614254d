"""What the CDK CLI is told."""

from pathlib import Path

from switchboard.constructs.bundling import repository_root
from switchboard.constructs.deploy import cdk_command
from switchboard.constructs.deployment.plan import read_plan
from switchboard.constructs.deployment.synthesis import synthesize

ROOT = repository_root(Path(__file__))
WORKSPACE = "11111111-0000-4000-8000-000000000001"


def test_a_parameter_goes_to_the_stacks_that_have_it_and_to_no_other(tmp_path: Path) -> None:
    """CloudFormation refuses a stack that is given a parameter its template does not know."""
    assembly = synthesize(ROOT / "platform/infra", {"env": "dev"}, bundle=False)
    plans = read_plan(assembly, {"ConnectAlias": "acme-desk", "NotionWorkspaceId": WORKSPACE})

    words = cdk_command(tmp_path, plans, "never")

    given = [words[place + 1] for place, word in enumerate(words) if word == "--parameters"]
    assert sorted(given) == [
        "switchboard-dev-connect:ConnectAlias=acme-desk",
        f"switchboard-dev-platform:NotionWorkspaceId={WORKSPACE}",
    ]
