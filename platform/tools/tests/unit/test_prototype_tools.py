"""The uploader on a store in memory."""

import json
from typing import Any

import pytest

from switchboard.tools.prototype.adapters.memory import MemoryPrototypeStore
from switchboard.tools.prototype.definition import PROTOTYPE
from switchboard.tools.prototype.upload import MAX_BYTES, Expiries, GenerateUrl, UploadPrototype
from switchboard.tools.sandbox.adapters.memory import MemoryInterpreter, MemorySessionRecords
from switchboard.tools.sandbox.sessions import Sessions

INVOCATION = "01J9ZQ8H3V5T7W2X4Y6A8B0C1D"


@pytest.fixture
def store() -> MemoryPrototypeStore:
    return MemoryPrototypeStore()


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(MemoryInterpreter(), MemorySessionRecords())


@pytest.fixture
def prototype(bench: Any, store: MemoryPrototypeStore, sessions: Sessions, clock: Any) -> Any:
    expiries = Expiries(store)
    target = bench.target(
        PROTOTYPE,
        {
            "s3_upload_prototype": UploadPrototype(store, expiries, sessions, bench.metrics, clock),
            "s3_generate_url": GenerateUrl(store, expiries, "https://prototypes.example"),
        },
    )
    return lambda tool, **arguments: bench.call(target, tool, **arguments)


def test_a_page_is_stored_under_the_invocation_and_gets_an_address(
    prototype: Any, store: MemoryPrototypeStore
) -> None:
    made = prototype("s3_upload_prototype", path="index.html", content="<p>hi</p>")
    address = prototype("s3_generate_url", path="index.html")

    assert made["key"] == f"{INVOCATION}/index.html"
    assert store.files[made["key"]].body == b"<p>hi</p>"
    assert made["content_type"] == "text/html; charset=utf-8"
    assert address == {
        "url": f"https://prototypes.example/{INVOCATION}/index.html",
        "expires_at": "2026-11-28T10:00:00+00:00",
    }


def test_the_expiry_is_fixed_by_the_first_upload_and_written_for_the_gate(
    prototype: Any, store: MemoryPrototypeStore
) -> None:
    prototype("s3_upload_prototype", path="a.html", content="a", expiry_days=3)
    prototype("s3_upload_prototype", path="b.html", content="b", expiry_days=30)

    kept = json.loads(store.files[f"{INVOCATION}/.expires.json"].body)
    assert kept == {"expires_at": "2026-11-24T10:00:00+00:00", "expiry_days": 3}
    assert {file.expiry_days for file in store.files.values()} == {3}


@pytest.mark.requirement("PRO-05", "U")
@pytest.mark.requirement("OBS-09", "U")
def test_a_prototype_is_counted_once_however_many_files_it_has(prototype: Any, bench: Any) -> None:
    prototype("s3_upload_prototype", path="index.html", content="a")
    prototype("s3_upload_prototype", path="more.html", content="b")

    assert bench.metrics.prototypes == 1


@pytest.mark.requirement("NEW-10", "F")
def test_the_same_upload_again_is_the_same_one_prototype(
    prototype: Any, store: MemoryPrototypeStore, bench: Any
) -> None:
    first = prototype("s3_upload_prototype", path="index.html", content="a")
    again = prototype("s3_upload_prototype", path="index.html", content="a")

    assert again == first
    assert set(store.files) == {f"{INVOCATION}/index.html", f"{INVOCATION}/.expires.json"}
    assert bench.metrics.prototypes == 1


@pytest.mark.requirement("SEC-13", "U")
@pytest.mark.parametrize(
    "path",
    [
        "",
        "/index.html",
        "../other/index.html",
        "a/../../other/index.html",
        "a/./b.html",
        "a//b.html",
        ".expires.json",
        "a/.hidden",
        "a\\..\\b",
        "a/%2e%2e/b",
        "a\x00b",
        "a\nb",
        "x" * 1000,
    ],
)
def test_a_path_that_leaves_the_prefix_or_hides_is_refused(
    path: str, prototype: Any, store: MemoryPrototypeStore
) -> None:
    answer = prototype("s3_upload_prototype", path=path, content="x")

    assert answer["error"]["code"] == "INVALID_ARGUMENTS"
    assert prototype("s3_generate_url", path=path)["error"]["code"] == "INVALID_ARGUMENTS"
    assert store.files == {}


def test_a_file_of_the_sandbox_is_uploaded_byte_for_byte(
    prototype: Any, store: MemoryPrototypeStore, sessions: Sessions
) -> None:
    picture = b"\x89PNG\r\n"
    sessions.within(
        INVOCATION,
        lambda session: sessions.interpreter._files(session).update({"shot.png": picture}),  # type: ignore[attr-defined]
    )

    made = prototype("s3_upload_prototype", path="shot.png", sandbox_path="shot.png")

    assert made["content_type"] == "image/png"
    assert store.files[made["key"]].body == picture


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"content": "a", "sandbox_path": "b"},
        {"sandbox_path": "nowhere.png"},
        {"content": "x" * (MAX_BYTES + 1)},
        {"content": "a", "expiry_days": 0},
        {"content": "a", "expiry_days": 31},
    ],
    ids=["nothing", "both", "no such file", "too large", "0 days", "31 days"],
)
def test_an_upload_that_makes_no_sense_stores_nothing(
    arguments: dict[str, Any], prototype: Any, store: MemoryPrototypeStore
) -> None:
    answer = prototype("s3_upload_prototype", path="a.html", **arguments)

    assert answer["error"]["code"] == "INVALID_ARGUMENTS"
    assert store.files == {}


def test_an_address_is_given_only_for_what_is_there(prototype: Any) -> None:
    prototype("s3_upload_prototype", path="a.html", content="a")

    answer = prototype("s3_generate_url", path="b.html")

    assert answer["error"]["remediation"] == "Upload it first"
