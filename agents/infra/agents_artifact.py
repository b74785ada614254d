"""What a runtime runs: one zip for all agents (the default), or an image for each.

CDK context: `artifact=code|image`; `tag` is the image's (default `1`); `entrypoint` is the Python
file that starts an agent, below `agents/src` (default `main.py`).
"""

import re
from pathlib import Path

import images_stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from switchboard.constructs.environments import Environment

CODE, IMAGE = "code", "image"
PYTHON = "PYTHON_3_12"
SOURCES = Path(__file__).parents[1] / "src"
Kinds = agentcore.CfnRuntime


class ArtifactRefusedError(ValueError):
    """Nothing that a runtime could run, or nothing that would stay the same."""


def runs_images(scope: Construct) -> bool:
    """Whether the runtimes run images.

    Raises:
        ArtifactRefusedError: `artifact` is neither `code` nor `image`.
    """
    artifact = scope.node.try_get_context("artifact") or CODE
    if artifact not in {CODE, IMAGE}:
        raise ArtifactRefusedError(
            f"artifact {artifact!r} does not exist; -c artifact={CODE} (a zip) or {IMAGE}"
        )
    return bool(artifact == IMAGE)


def entry_point(scope: Construct) -> str:
    """The file that starts an agent (S001-FR-011).

    Raises:
        ArtifactRefusedError: there is no such file in the sources.
    """
    name = str(scope.node.try_get_context("entrypoint") or "main.py")
    if not (SOURCES / name).is_file() or not name.endswith(".py"):
        raise ArtifactRefusedError(
            f"entrypoint {name!r} is no Python file below agents/src; "
            "give its path from there, e.g. -c entrypoint=main.py"
        )
    return name


def artifact(
    scope: Construct, environment: Environment, agent: str, code: s3_assets.Asset | None
) -> Kinds.AgentRuntimeArtifactProperty:
    """The zip `code`, or without one the agent's image.

    Raises:
        ArtifactRefusedError: the image's tag is one that moves.
    """
    if code is None:
        tag = str(scope.node.try_get_context("tag") or "1")
        if tag == "latest" or not re.fullmatch(r"\w[\w.-]{0,127}", tag):
            raise ArtifactRefusedError(
                f"image tag {tag!r} is refused: a runtime names one image for good. "
                "Push a new tag and give it, e.g. -c tag=7"
            )
        uri = images_stack.image_uri(scope, environment, agent, tag)
        return Kinds.AgentRuntimeArtifactProperty(
            container_configuration=Kinds.ContainerConfigurationProperty(container_uri=uri)
        )
    location = Kinds.S3LocationProperty(bucket=code.s3_bucket_name, prefix=code.s3_object_key)
    return Kinds.AgentRuntimeArtifactProperty(
        code_configuration=Kinds.CodeConfigurationProperty(
            code=Kinds.CodeProperty(s3=location),
            entry_point=[entry_point(scope)],
            runtime=PYTHON,
        )
    )
