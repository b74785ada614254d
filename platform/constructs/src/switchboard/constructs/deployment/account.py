"""What the account says before anything is changed; all of it only reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from switchboard.constructs.deployment.refusal import Refusal

BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"
MOST_NAMES = 10
"""Of one GetParameters call."""


@dataclass(frozen=True)
class Account:
    """The account one is signed in to, in one region."""

    session: Any
    number: str
    who: str
    region: str

    def demand_bootstrap(self, version: int, cli: str) -> None:
        """The account was prepared for CDK.

        Raises:
            Refusal: never, or with an older CDK.
        """
        found = self.values([BOOTSTRAP_VERSION]).get(BOOTSTRAP_VERSION)
        remedy = f"npx -y {cli} bootstrap aws://{self.number}/{self.region}"
        if found is None:
            raise Refusal(f"account {self.number} is not prepared for CDK in {self.region}", remedy)
        if int(found) < version:
            raise Refusal(
                f"account {self.number} is prepared with version {found}, {version} is needed",
                remedy,
            )

    def values(self, names: Sequence[str]) -> dict[str, str]:
        """The SSM parameters that exist."""
        ssm = self.session.client("ssm")
        found: dict[str, str] = {}
        for start in range(0, len(names), MOST_NAMES):
            answer = ssm.get_parameters(Names=list(names[start : start + MOST_NAMES]))
            found |= {item["Name"]: item["Value"] for item in answer["Parameters"]}
        return found

    def stack_status(self, name: str) -> str | None:
        """The status of a deployed stack, None when there is none."""
        try:
            stacks = self.session.client("cloudformation").describe_stacks(StackName=name)
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return str(stacks["Stacks"][0]["StackStatus"])


def signed_in(region: str, session: Any | None = None) -> Account | str:
    """The account, or why there is no access."""
    try:
        session = session or boto3.Session(region_name=region)
        identity = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        return str(error)
    return Account(session, identity["Account"], identity["Arn"].rpartition("/")[2], region)


def demand_values_in(account: Account, names: Sequence[str]) -> dict[str, str]:
    """The values of all these SSM names.

    Raises:
        Refusal: for those that do not exist, saying which app makes them.
    """
    found = account.values(names)
    missing = [name for name in names if name not in found]
    if missing:
        makers = list(dict.fromkeys(name.split("/")[3] for name in missing))
        environment = missing[0].split("/")[2]
        first = " and ".join(f"hatch run {name}:deploy --env {environment}" for name in makers)
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise Refusal(
            f"the SSM parameter {missing[0]}{more} does not exist in account {account.number}",
            f"deploy what makes it first: {first}",
        )
    return found
