"""Zips: size, the same bytes every time, .pyc of Lambda's Python."""

import struct
import subprocess
from pathlib import Path

import pytest

from switchboard.constructs.bundle import Bundle, lambda_python
from switchboard.local.infra_gates.assembly import BundleRecipe
from switchboard.local.infra_gates.bundles import (
    LAMBDA_MAGIC,
    Zipped,
    judge,
    modules_without_pyc,
    zip_of,
)

INGRESS = BundleRecipe(("services/ingress",), (), trimmed=True)


def member(folder: Path) -> Path:
    """A folder as a bundle takes it, without third-party requirements."""
    package = folder / "src/switchboard/shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("NAMES = {'a', 'b', 'c'}\n")
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\ndependencies = []\n')
    return folder


@pytest.fixture
def filled(tmp_path: Path) -> tuple[Path, Path]:
    """The same bundle built twice."""
    source = member(tmp_path / "shop")
    targets = tmp_path / "one", tmp_path / "two"
    for target in targets:
        target.mkdir()
        Bundle(tmp_path, (source,)).fill(target)
    return targets


def test_two_builds_of_the_same_sources_are_the_same_bytes(filled: tuple[Path, Path]) -> None:
    assert zip_of(filled[0]) == zip_of(filled[1])


def test_a_bundle_has_pyc_that_lambdas_python_takes_as_they_are(
    filled: tuple[Path, Path],
) -> None:
    assert lambda_python() is not None, "uv python install 3.12"
    assert modules_without_pyc(filled[0]) == []


def test_the_magic_number_is_that_of_lambdas_python() -> None:
    python = lambda_python()
    assert python
    code = "import importlib.util, sys; sys.stdout.buffer.write(importlib.util.MAGIC_NUMBER)"

    said = subprocess.run([python, "-c", code], capture_output=True, check=True).stdout

    assert struct.unpack("<H2x", said) == (LAMBDA_MAGIC,)


def test_a_module_without_pyc_and_one_of_another_python_are_found(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("")
    (tmp_path / "old.pyc").write_bytes(struct.pack("<HHI", 3495, 3338, 1) + bytes(8))

    assert modules_without_pyc(tmp_path) == ["plain.py", "old.pyc"]


def test_a_zip_that_is_too_large_changing_or_uncompiled_is_a_finding() -> None:
    bad = Zipped("services/ingress", 4_000_001, "x", reproducible=False, without_pyc=("a.py",))
    good = Zipped("services/ingress", 3_999_999, "x", reproducible=True, without_pyc=())

    assert [item.rule for item in judge(INGRESS, bad)] == [
        "bundle-size",
        "bundle-not-reproducible",
        "bundle-without-pyc",
    ]
    assert list(judge(INGRESS, good)) == []
