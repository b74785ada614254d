"""The environments as data: dev, workshop, prod (ENV-01); add an entry to add an environment."""

from dataclasses import dataclass


class UnknownEnvironmentError(ValueError):
    """No such environment is configured."""


@dataclass(frozen=True)
class Environment:
    """What differs between environments; account numbers are never written here."""

    name: str
    network_mode: str
    customer_managed_keys: bool
    keep_data: bool


ENVIRONMENTS = {
    "dev": Environment("dev", network_mode="PUBLIC", customer_managed_keys=False, keep_data=False),
    "workshop": Environment(
        "workshop", network_mode="VPC", customer_managed_keys=True, keep_data=False
    ),
    "prod": Environment("prod", network_mode="VPC", customer_managed_keys=True, keep_data=True),
}
_ALIASES = {"production": "prod"}
REGION = "us-east-1"


def environment(name: str) -> Environment:
    """Look an environment up.

    Raises:
        UnknownEnvironmentError: with the names that exist.
    """
    try:
        return ENVIRONMENTS[_ALIASES.get(name, name)]
    except KeyError:
        known = ", ".join(ENVIRONMENTS)
        raise UnknownEnvironmentError(f"no environment {name!r}; choose one of: {known}") from None
