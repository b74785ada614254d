"""Lambda bundles made on the spot by uv: no Docker, no layer.

The asset's hash is that of its sources, so the templates are the same whichever machine the bundle
is for. CDK context `switchboard:bundle` says for which: `lambda` (default: aarch64, Python 3.12,
what AWS runs; boto3 comes with the Lambda runtime) or `host` (this machine, boto3 included: the
local engine runs functions on its own interpreter with nothing but the zip).
"""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as s3_assets

from constructs import Construct
from switchboard.constructs.bundle import Bundle
from switchboard.constructs.metadata import BUNDLE

FORMAT = "2"
"""Part of the hash: raise it when the same sources make another bundle."""


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


@jsii.implements(cdk.ILocalBundling)
class UvBundling:
    """Installs the requirements with uv and copies the members' sources beside them."""

    def __init__(self, bundle: Bundle) -> None:
        """Hand `bundle` to CDK."""
        self._bundle = bundle

    def try_bundle(self, output_dir: str, *_args: Any, **_options: Any) -> bool:
        """Fill `output_dir`; always succeeds or raises, so Docker is never asked."""
        self._bundle.fill(Path(output_dir))
        return True


def _sources_hash(bundle: Bundle) -> str:
    """Hash what a bundle is made of: sources, declared requirements, pinned versions."""
    parts = [FORMAT, cdk.FileSystem.fingerprint(str(bundle.root / "constraints.txt"))]
    for member in bundle.members:
        parts.append(
            cdk.FileSystem.fingerprint(str(member / "src"), exclude=["**/__pycache__", "*.pyc"])
        )
        parts.append(cdk.FileSystem.fingerprint(str(member / "pyproject.toml")))
    return "".join(part[:16] for part in parts)


def _options(
    scope: Construct,
    members: list[str],
    *,
    only: tuple[str, ...] | None = None,
    trimmed: bool = True,
) -> tuple[Path, dict[str, Any]]:
    root = repository_root(Path(__file__))
    bundle = Bundle(
        root,
        tuple(root / member for member in members),
        host=scope.node.try_get_context(BUNDLE) == "host",
        only=only,
        trimmed=trimmed,
    )
    scope.node.add_metadata(
        BUNDLE, {"members": members, "only": list(only or ()), "trimmed": trimmed}
    )
    return bundle.members[0], {
        "asset_hash": _sources_hash(bundle) + "".join(only or ()),
        "asset_hash_type": cdk.AssetHashType.CUSTOM,
        "bundling": cdk.BundlingOptions(
            image=cdk.DockerImage.from_registry("docker-is-never-used"), local=UvBundling(bundle)
        ),
    }


def lambda_code(
    scope: Construct, members: list[str], *, only: tuple[str, ...] | None = None
) -> lambda_.Code:
    """Code for a Lambda function from folders, e.g. `["services/ingress", "shared-events"]`.

    `only` ships just these third-party distributions, for a small function of a large member.
    """
    folder, options = _options(scope, members, only=only)
    return lambda_.Code.from_asset(str(folder), **options)


def code_asset(scope: Construct, construct_id: str, members: list[str]) -> s3_assets.Asset:
    """The same bundle as an S3 asset, for an AgentCore code artifact."""
    folder, options = _options(scope, members, trimmed=False)
    return s3_assets.Asset(scope, construct_id, path=str(folder), **options)
