"""Which process of `pytest -n` runs which tests."""

from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]


class FolderScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a folder to one process, the largest first: its tests share a platform or templates."""

    def _split_scope(self, nodeid: str) -> str:
        return folder_of(nodeid)


def folder_of(nodeid: str) -> str:
    """The folder a test lies in."""
    return str(PurePosixPath(nodeid.split("::", maxsplit=1)[0]).parent)
