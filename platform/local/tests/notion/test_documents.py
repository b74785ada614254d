"""What was written stays written."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from switchboard.local.standin.documents import DocumentStore

KILLED = """
import os, pathlib, signal, sys
from switchboard.local.standin.documents import DocumentStore
store = DocumentStore(pathlib.Path(sys.argv[1]))
store.put("page", "kept", {"title": "a"}, "board")
with store.transaction():
    store.put("page", "half", {"title": "b"}, "board")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_finished_write_survives_a_kill_and_a_half_transaction_does_not(tmp_path: Path) -> None:
    path = tmp_path / "documents.db"

    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, timeout=30)

    assert done.returncode == -signal.SIGKILL
    store = DocumentStore(path)
    assert store.list("page", "board") == [{"title": "a"}]
    store.close()


def test_a_failed_transaction_leaves_nothing_and_order_is_that_of_creation(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "documents.db")
    for key in ("b", "a"):
        store.put("page", key, {"key": key})

    def fail() -> None:
        with store.transaction():
            store.put("page", "b", {"key": "changed"})
            with store.transaction():
                store.delete("page", "a")
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    store.put("page", "b", {"key": "b2"})
    assert [body["key"] for body in store.list("page")] == ["b2", "a"]
    store.close()
