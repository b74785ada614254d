"""Agent code: fetched from S3 once per object, unpacked, ready to be imported."""

import hashlib
import os
import shutil
import struct
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError
from mypy_boto3_s3 import S3Client


class BundleError(RuntimeError):
    """The code of a runtime cannot be had; the message says which object and why."""


class ObjectStore(Protocol):
    """Where the code zips lie."""

    def version(self, bucket: str, key: str) -> str:
        """A string that changes with the object's content; BundleError when there is none."""
        ...

    def download(self, bucket: str, key: str, path: Path) -> None:
        """Write the object to `path`; BundleError when there is none."""
        ...


class S3Objects:
    """The code zips in S3."""

    def __init__(self, client: S3Client) -> None:
        """Read with `client`."""
        self._client = client

    def version(self, bucket: str, key: str) -> str:
        """The ETag."""
        try:
            return self._client.head_object(Bucket=bucket, Key=key)["ETag"]
        except (ClientError, BotoCoreError) as error:
            raise BundleError(f"s3://{bucket}/{key}: {error}") from error

    def download(self, bucket: str, key: str, path: Path) -> None:
        """GetObject."""
        try:
            path.write_bytes(self._client.get_object(Bucket=bucket, Key=key)["Body"].read())
        except (ClientError, BotoCoreError) as error:
            raise BundleError(f"s3://{bucket}/{key}: {error}") from error


class Bundles:
    """Unpacked code, one folder per content; runtimes that share a zip share the folder."""

    def __init__(self, objects: ObjectStore, folder: Path) -> None:
        """Unpack below `folder`."""
        self._objects = objects
        self._folder = folder
        self._lock = threading.Lock()

    def unpacked(self, bucket: str, key: str) -> Path:
        """The folder with the code, fetched if it is not there yet.

        Raises:
            BundleError: there is no such object, or it is no zip.
        """
        if not bucket or not key:
            raise BundleError(
                "the runtime has no code in S3; container images are not run locally: "
                "deploy it with a CodeConfiguration"
            )
        with self._lock:  # the second asker waits instead of unpacking again
            version = self._objects.version(bucket, key)
            digest = hashlib.sha256(f"{key} {version}".encode()).hexdigest()[:20]
            target = self._folder / digest
            if not target.exists():
                self._unpack(bucket, key, target)
            return target

    def _unpack(self, bucket: str, key: str, target: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=self._folder, prefix=".unpack-"))
        try:
            self._objects.download(bucket, key, work / "code.zip")
            with zipfile.ZipFile(work / "code.zip") as archive:
                archive.extractall(work / "code")
            _validate_bytecode(work / "code")
            (work / "code").rename(target)
        except zipfile.BadZipFile as error:
            raise BundleError(f"s3://{bucket}/{key} is no zip") from error
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _validate_bytecode(folder: Path) -> None:
    """Give each source the time its shipped .pyc was compiled from.

    Zipping loses or rounds file times, and Python then compiles everything again in every
    process: seconds per start.
    """
    for compiled in folder.rglob("__pycache__/*.pyc"):
        source = compiled.parents[1] / f"{compiled.name.split('.')[0]}.py"
        with compiled.open("rb") as file:
            header = file.read(16)
        if len(header) < 16 or not source.exists():  # noqa: PLR2004 - magic, flags, time, size
            continue
        flags, modified, size = struct.unpack("<III", header[4:])
        if flags == 0 and size == source.stat().st_size:
            os.utime(source, (modified, modified))
