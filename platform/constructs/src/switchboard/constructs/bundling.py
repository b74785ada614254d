"""Lambda bundles made on the spot by uv: no Docker, no layer.

The asset's hash is that of its sources, so the templates are the same whichever machine the bundle
is for. CDK context `switchboard:bundle` says for which: `lambda` (default: aarch64, Python 3.12,
what AWS runs; boto3 comes with the Lambda runtime) or `host` (this machine, boto3 included: the
local engine runs functions on its own interpreter with nothing but the zip).
"""

import compileall
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as s3_assets

from constructs import Construct

LAMBDA_PYTHON = "3.12"
PROVIDED_BY_LAMBDA = ("boto3", "botocore")
TYPING_ONLY = ("boto3-stubs", "mypy-boto3")


class RootNotFoundError(RuntimeError):
    """The folder is not inside a Switchboard checkout."""


def repository_root(start: Path) -> Path:
    """The folder that holds `hatch.toml`.

    Raises:
        RootNotFoundError: no folder above `start` holds one.
    """
    for folder in (start, *start.parents):
        if (folder / "hatch.toml").exists():
            return folder
    raise RootNotFoundError(
        f"{start} is not inside a Switchboard checkout (no hatch.toml above it)"
    )


def requirements(
    members: list[Path], *, host: bool, only: tuple[str, ...] | None = None
) -> list[str]:
    """Third-party requirements of the members, as their pyproject files declare them.

    `only`: just these distributions, the SDK among them even where Lambda brings its own.
    """
    found: set[str] = set()
    for member in members:
        project = tomllib.loads((member / "pyproject.toml").read_text())["project"]
        found.update(project["dependencies"])
    if only is not None:
        return sorted(item for item in found if _distribution(item) in only)
    skip = ("switchboard-", *TYPING_ONLY, *(() if host else PROVIDED_BY_LAMBDA))
    return sorted(item for item in found if not item.startswith(skip))


def _distribution(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]


@jsii.implements(cdk.ILocalBundling)
class UvBundling:
    """Installs the requirements with uv and copies the members' sources beside them."""

    def __init__(
        self, root: Path, members: list[Path], *, host: bool, only: tuple[str, ...] | None = None
    ) -> None:
        """Bundle `members` (folders with a pyproject and `src/`) of the repository at `root`."""
        self._root = root
        self._members = members
        self._host = host
        self._only = only

    def try_bundle(self, output_dir: str, *_args: Any, **_options: Any) -> bool:
        """Fill `output_dir`; always succeeds or raises, so Docker is never asked."""
        target = Path(output_dir)
        self._install(target)
        for member in self._members:
            shutil.copytree(
                member / "src",
                target,
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("__pycache__", "py.typed"),
            )
        if self._host:
            # Without .pyc every cold start compiles again (x2.2 to x3.2, measured). Unchecked: the
            # zip does not keep the times that a .pyc is compared with.
            compileall.compile_dir(
                target, quiet=2, workers=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
            )
        return True

    def _install(self, target: Path) -> None:
        wanted = requirements(self._members, host=self._host, only=self._only)
        if not wanted:
            return
        platform = (
            ["--python", sys.executable]
            if self._host
            else ["--python-platform", "aarch64-manylinux2014", "--python-version", LAMBDA_PYTHON]
        )
        subprocess.run(  # noqa: S603 - fixed program, arguments from our own files
            [  # noqa: S607 - uv comes from the environment
                "uv",
                "pip",
                "install",
                "--quiet",
                "--target",
                str(target),
                *platform,
                "--only-binary",
                ":all:",
                "--no-compile-bytecode",
                "--link-mode",
                "copy",
                "--constraint",
                str(self._root / "constraints.txt"),
                *wanted,
            ],
            check=True,
        )


def _sources_hash(root: Path, members: list[Path]) -> str:
    """Hash what a bundle is made of: sources, declared requirements, pinned versions."""
    parts = [cdk.FileSystem.fingerprint(str(root / "constraints.txt"))]
    for member in members:
        parts.append(
            cdk.FileSystem.fingerprint(str(member / "src"), exclude=["**/__pycache__", "*.pyc"])
        )
        parts.append(cdk.FileSystem.fingerprint(str(member / "pyproject.toml")))
    return "".join(part[:16] for part in parts)


def _options(
    scope: Construct, members: list[str], only: tuple[str, ...] | None = None
) -> tuple[Path, dict[str, Any]]:
    root = repository_root(Path(__file__))
    folders = [root / member for member in members]
    host = scope.node.try_get_context("switchboard:bundle") == "host"
    return folders[0], {
        "asset_hash": _sources_hash(root, folders) + "".join(only or ()),
        "asset_hash_type": cdk.AssetHashType.CUSTOM,
        "bundling": cdk.BundlingOptions(
            image=cdk.DockerImage.from_registry("docker-is-never-used"),
            local=UvBundling(root, folders, host=host, only=only),
        ),
    }


def lambda_code(
    scope: Construct, members: list[str], *, only: tuple[str, ...] | None = None
) -> lambda_.Code:
    """Code for a Lambda function from folders, e.g. `["services/ingress", "shared-events"]`.

    `only` ships just these third-party distributions, for a small function of a large member.
    """
    folder, options = _options(scope, members, only)
    return lambda_.Code.from_asset(str(folder), **options)


def code_asset(scope: Construct, construct_id: str, members: list[str]) -> s3_assets.Asset:
    """The same bundle as an S3 asset, for an AgentCore code artifact."""
    folder, options = _options(scope, members)
    return s3_assets.Asset(scope, construct_id, path=str(folder), **options)
