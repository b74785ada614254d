"""Reading the Cedar files: named statements with a placeholder for the gateway's ARN."""

import re
from dataclasses import dataclass
from pathlib import Path

PLACEHOLDER = "{{gateway_arn}}"
_STATEMENT = re.compile(
    r'@id\("(?P<name>[A-Za-z][A-Za-z0-9_]{0,47})"\)\s*(?P<text>[^@]+?;)', re.DOTALL
)
_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)


class PolicyFileError(ValueError):
    """A Cedar file is not a row of named statements."""


@dataclass(frozen=True)
class Policy:
    """One statement, deployed as one `AWS::BedrockAgentCore::Policy`."""

    name: str
    template: str

    def statement(self, gateway_arn: str) -> str:
        """The statement for a gateway."""
        return self.template.replace(PLACEHOLDER, gateway_arn)

    def annotated(self, gateway_arn: str) -> str:
        """The statement with its name, so that a decision names the policies behind it."""
        return f'@id("{self.name}")\n{self.statement(gateway_arn)}'


def load(folder: Path) -> list[Policy]:
    """All policies of the folder's `*.cedar` files, ordered by file and place.

    Raises:
        PolicyFileError: a statement has no `@id`, or two have the same.
    """
    found: list[Policy] = []
    for path in sorted(folder.glob("*.cedar")):
        text = _COMMENT.sub("", path.read_text())
        policies = [Policy(match["name"], match["text"]) for match in _STATEMENT.finditer(text)]
        if _STATEMENT.sub("", text).strip():
            raise PolicyFileError(f"{path.name} holds a statement without @id")
        found += policies
    names = [policy.name for policy in found]
    if len(set(names)) != len(names):
        raise PolicyFileError(f"two policies have the same name: {names}")
    return found
