"""Lambda zips as AWS would get them: sizes, the same bytes every time, matching .pyc."""

import hashlib
import io
import json
import os
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from switchboard.constructs.bundle import LAMBDA_PYTHON, Bundle, lambda_python
from switchboard.local.infra_gates.assembly import BundleRecipe
from switchboard.local.infra_gates.finding import Finding

MEGABYTE = 1_000_000
MOST_BYTES = {"services/ingress": 4 * MEGABYTE, "agents": 50 * MEGABYTE}
MOST_BYTES_ELSEWHERE = 20 * MEGABYTE
"""Not asked for by anybody; above it a cold start is felt."""
EPOCH = (1980, 1, 1, 0, 0, 0)
LAMBDA_MAGIC = 3531
"""First two bytes of a .pyc of Python 3.12 (`importlib.util.MAGIC_NUMBER` there)."""
UNCHECKED = 0b01
SIZE, CHANGES, NO_PYC = "bundle-size", "bundle-not-reproducible", "bundle-without-pyc"

Report = Callable[[str], None]


@dataclass(frozen=True)
class Zipped:
    """What is known of one zip."""

    name: str
    bytes: int
    sha256: str
    reproducible: bool
    without_pyc: tuple[str, ...]


def check_bundles(
    recipes: Sequence[BundleRecipe], root: Path, known: Path, report: Report
) -> Iterator[Finding]:
    """Build each zip twice and look inside; one whose sources are unchanged is not built again."""
    remembered = json.loads(known.read_text()) if known.exists() else {}
    keys = [fingerprint(recipe, root) for recipe in recipes]

    def zipped(pair: tuple[BundleRecipe, str]) -> Zipped:
        recipe, key = pair
        if found := remembered.get(key):
            return Zipped(**{**found, "without_pyc": tuple(found["without_pyc"])})
        built = _build(recipe, root)
        report(f"{built.name} bundled twice: {built.bytes / MEGABYTE:.2f} MB")
        return built

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = list(pool.map(zipped, zip(recipes, keys, strict=True)))
    known.parent.mkdir(parents=True, exist_ok=True)
    current = {key: asdict(item) for key, item in zip(keys, found, strict=True)}
    known.write_text(json.dumps(current, indent=1))
    for recipe, item in zip(recipes, found, strict=True):
        yield from judge(recipe, item)


def judge(recipe: BundleRecipe, zipped: Zipped) -> Iterator[Finding]:
    """What is wrong with a zip."""
    most = MOST_BYTES.get(recipe.members[0], MOST_BYTES_ELSEWHERE)
    if zipped.bytes > most:
        yield _finding(
            zipped,
            SIZE,
            f"the zip has {zipped.bytes / MEGABYTE:.2f} MB, {most / MEGABYTE:.0f} are allowed",
            "drop a dependency, or add what is never imported to bundle.NEVER_IMPORTED",
        )
    if not zipped.reproducible:
        yield _finding(
            zipped,
            CHANGES,
            "two builds of the same sources differ",
            "find the file that differs; installers leave times and paths",
        )
    if zipped.without_pyc:
        some = ", ".join(zipped.without_pyc[:3])
        yield _finding(
            zipped,
            NO_PYC,
            f"{len(zipped.without_pyc)} modules have no .pyc of Python {LAMBDA_PYTHON}: {some}",
            f"uv python install {LAMBDA_PYTHON}"
            if lambda_python() is None
            else "see why compileall left them out",
        )


def fingerprint(recipe: BundleRecipe, root: Path) -> str:
    """Of everything a bundle is made of, this builder included."""
    digest = hashlib.sha256(repr((recipe, lambda_python() is None)).encode())
    builder = root / "platform/constructs/src/switchboard/constructs/bundle.py"
    paths = [root / "constraints.txt", builder]
    for member in recipe.members:
        paths += [root / member / "pyproject.toml", *sorted((root / member / "src").rglob("*"))]
    for path in paths:
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()


def zip_of(folder: Path) -> bytes:
    """A zip with fixed times and order: the bytes change with the content only."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, path.read_bytes())
    return buffer.getvalue()


def modules_without_pyc(folder: Path) -> list[str]:
    """Sources without a .pyc that Lambda's Python takes as it is, and .pyc of another Python."""
    tag = f"cpython-{LAMBDA_PYTHON.replace('.', '')}"
    missing = [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*.py"))
        if not (path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc").exists()
    ]
    wrong = [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*.pyc"))
        if not _is_lambdas(path)
    ]
    return missing + wrong


def _is_lambdas(path: Path) -> bool:
    header = path.read_bytes()[:8]
    magic, flags = struct.unpack("<H2xI", header)
    return bool(magic == LAMBDA_MAGIC and flags == UNCHECKED)


def _build(recipe: BundleRecipe, root: Path) -> Zipped:
    members = tuple(root / member for member in recipe.members)
    bundle = Bundle(root, members, only=recipe.only or None, trimmed=recipe.trimmed)
    zips, without_pyc = [], []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as name:
            bundle.fill(Path(name))
            without_pyc = modules_without_pyc(Path(name))
            zips.append(zip_of(Path(name)))
    return Zipped(
        name=recipe.members[0] + (f" ({', '.join(recipe.only)})" if recipe.only else ""),
        bytes=len(zips[0]),
        sha256=hashlib.sha256(zips[0]).hexdigest(),
        reproducible=zips[0] == zips[1],
        without_pyc=tuple(without_pyc),
    )


def _finding(zipped: Zipped, rule: str, message: str, remedy: str) -> Finding:
    return Finding(zipped.name.split("/")[-1], zipped.name, rule, message, remedy)
