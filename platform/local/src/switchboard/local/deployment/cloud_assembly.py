"""What `cdk synth` writes: a manifest, templates and assets (cloud assembly schema 55)."""

import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from switchboard.constructs.deployment.plan import in_order
from switchboard.local.settings import ACCOUNT, REGION

STACK = "aws:cloudformation:stack"
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Asset:
    """One file or folder that a template refers to by bucket and key."""

    bucket: str
    key: str
    path: Path
    packaging: str

    def content(self) -> bytes:
        """The file, or the folder as a zip with fixed times: the same bytes for the same content.

        The zip is stored, not deflated: it travels over loopback only.
        """
        if self.packaging != "zip":
            return self.path.read_bytes()
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for file in _files(self.path):
                info = zipfile.ZipInfo(str(file.relative_to(self.path)), EPOCH)
                info.external_attr = (file.stat().st_mode & 0o777) << 16
                archive.writestr(info, file.read_bytes())
        return buffer.getvalue()


@dataclass(frozen=True)
class StackArtifact:
    """One stack of an assembly."""

    name: str
    template: str
    assets: tuple[Asset, ...]

    @property
    def parameters(self) -> set[str]:
        """Names of the template's parameters."""
        return set(json.loads(self.template).get("Parameters", {}))


def stacks(assembly: Path) -> list[StackArtifact]:
    """The stacks of an assembly in the order in which they can be deployed."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    names = [name for name, item in artifacts.items() if item["type"] == STACK]
    return [_stack(assembly, name, artifacts[name]) for name in in_order(names, artifacts)]


def forget_old_assets(assembly: Path) -> None:
    """Delete bundles that no template of the assembly refers to any more."""
    used = {asset.path.name for stack in stacks(assembly) for asset in stack.assets}
    for path in assembly.glob("asset.*"):
        if path.is_dir() and path.name not in used:
            shutil.rmtree(path)


def _stack(assembly: Path, name: str, artifact: dict[str, Any]) -> StackArtifact:
    properties = artifact["properties"]
    listed = json.loads((assembly / f"{name}.assets.json").read_text())["files"]
    found = [
        Asset(
            bucket=_filled(place["bucketName"]),
            key=_filled(place["objectKey"]),
            path=assembly / item["source"]["path"],
            packaging=item["source"]["packaging"],
        )
        for item in listed.values()
        for place in item["destinations"].values()
    ]
    return StackArtifact(
        name=properties.get("stackName", name),
        template=(assembly / properties["templateFile"]).read_text(),
        assets=tuple(found),
    )


def _filled(text: str) -> str:
    for name, value in (("AccountId", ACCOUNT), ("Region", REGION), ("Partition", "aws")):
        text = text.replace(f"${{AWS::{name}}}", value)
    return text


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders.sort()
        yield from (Path(root, name) for name in sorted(files))
