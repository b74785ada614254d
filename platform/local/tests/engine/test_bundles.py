import shutil
from io import BytesIO
from zipfile import ZipFile

import pytest

from switchboard.local.engine.bundles import BundleLostError, Bundles


@pytest.fixture
def code():
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("handler.py", "x = 1")
    return buffer.getvalue()


def test_a_bundle_is_unpacked_once(tmp_path, code):
    bundles = Bundles(tmp_path)
    folder = bundles.unpacked(code)
    (folder / "mark").touch()

    assert bundles.unpacked(code) == folder
    assert sorted(path.name for path in folder.iterdir()) == ["handler.py", "mark"]


def test_a_small_reference_stands_for_a_bundle(tmp_path, code):
    bundles = Bundles(tmp_path)

    reference = bundles.reference(code)

    assert reference == bundles.reference(code)
    assert bundles.unpacked(reference) == bundles.unpacked(code)


def test_bundles_that_nobody_uses_are_deleted(tmp_path, code):
    bundles = Bundles(tmp_path)
    reference = bundles.reference(code)

    bundles.keep_only({reference})
    assert bundles.unpacked(reference).exists()
    bundles.keep_only(set())
    assert list(tmp_path.iterdir()) == []


def test_a_lost_bundle_says_how_to_get_it_again(tmp_path, code):
    bundles = Bundles(tmp_path)
    reference = bundles.reference(code)
    shutil.rmtree(bundles.unpacked(reference))

    with pytest.raises(BundleLostError, match="reset"):
        bundles.unpacked(reference)
