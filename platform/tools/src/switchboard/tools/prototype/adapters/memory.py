"""The prototype store in memory."""

from switchboard.tools.prototype.store import StoredFile


class MemoryPrototypeStore:
    """Files in a dictionary; `writes` counts how often something was stored."""

    def __init__(self) -> None:
        """Start empty."""
        self.files: dict[str, StoredFile] = {}
        self.writes = 0

    def put(self, file: StoredFile) -> None:
        """See the port."""
        self.files[file.key] = file
        self.writes += 1

    def read(self, key: str) -> bytes | None:
        """See the port."""
        return self.files[key].body if key in self.files else None

    def exists(self, key: str) -> bool:
        """See the port."""
        return key in self.files
