"""Unpacked function bundles, kept by the hash of their zip: a cold start unpacks nothing.

The engine keeps the zip of each function in memory and in its state, some 60 MB each. It gets a
reference instead: a zip of one small file that names the unpacked folder.
"""

import hashlib
import io
import os
import shutil
import zipfile
from pathlib import Path
from tempfile import mkdtemp

REFERENCE = "switchboard-bundle"


class BundleLostError(RuntimeError):
    """The unpacked code of a function is gone; `hatch run reset` makes everything anew."""


class Bundles:
    """The folder of unpacked bundles."""

    def __init__(self, folder: Path) -> None:
        """Unpack below `folder`."""
        self._folder = folder

    def reference(self, code: bytes) -> bytes:
        """Unpack a bundle and return the small zip that stands for it."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            entry = zipfile.ZipInfo(REFERENCE, (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, self.unpacked(code).name)
        return buffer.getvalue()

    def unpacked(self, code: bytes) -> Path:
        """The folder of a bundle or of a reference; unpacked once, whoever asks first.

        Raises:
            BundleLostError: a reference to a folder that is not there.
        """
        name = _referred(code)
        target = self._folder / (name or hashlib.sha256(code).hexdigest())
        if not target.exists():
            if name:
                raise BundleLostError(f"{target} is gone: hatch run reset, then up")
            self._unpack(code, target)
        return target

    def keep_only(self, codes: set[bytes]) -> None:
        """Delete bundles that no function uses any more."""
        wanted = {_referred(code) or hashlib.sha256(code).hexdigest() for code in codes}
        for path in self._folder.glob("*"):
            if path.name not in wanted:
                shutil.rmtree(path, ignore_errors=True)

    def _unpack(self, code: bytes, target: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = Path(mkdtemp(dir=self._folder))
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            archive.extractall(draft)
        try:
            os.rename(draft, target)  # noqa: PTH104 - must fail when another thread was faster
        except OSError:
            shutil.rmtree(draft)


def _referred(code: bytes) -> str | None:
    with zipfile.ZipFile(io.BytesIO(code)) as archive:
        if archive.namelist() != [REFERENCE]:
            return None
        return archive.read(REFERENCE).decode()
