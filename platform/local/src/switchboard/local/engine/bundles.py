"""Unpacked function bundles, kept by the hash of their zip: a cold start unpacks nothing."""

import hashlib
import io
import os
import shutil
import zipfile
from pathlib import Path
from tempfile import mkdtemp


class Bundles:
    """The folder of unpacked bundles."""

    def __init__(self, folder: Path) -> None:
        """Unpack below `folder`."""
        self._folder = folder

    def unpacked(self, code: bytes) -> Path:
        """The folder of a bundle; unpacked once, whoever asks first."""
        target = self._folder / hashlib.sha256(code).hexdigest()
        if not target.exists():
            self._unpack(code, target)
        return target

    def keep_only(self, codes: set[bytes]) -> None:
        """Delete bundles that no function uses any more."""
        wanted = {hashlib.sha256(code).hexdigest() for code in codes}
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
