"""The four tags that everything carries which can carry any (S001-FR-005, T050)."""

import aws_cdk as cdk

REQUIRED = frozenset({"Project", "Environment", "Owner", "CostCenter"})


class UntaggedError(ValueError):
    """A resource would be deployed that nobody could charge or find."""


def untagged(app: cdk.App) -> list[str]:
    """Every taggable resource that lacks a tag, as `<path>: <tags>`; after `app.synth()` only."""
    found = []
    for construct in app.node.find_all():
        manager = cdk.TagManager.of(construct)
        if manager is None:
            continue
        if lacking := sorted(REQUIRED - set(manager.tag_values())):
            found.append(f"{construct.node.path}: {', '.join(lacking)}")
    return found


def demand_tags(app: cdk.App) -> None:
    """Refuse an app with an untagged resource.

    Raises:
        UntaggedError: naming each resource and what it lacks.
    """
    if found := untagged(app):
        raise UntaggedError(
            "without required tags (a ServiceStack sets them on all it holds):\n" + "\n".join(found)
        )
