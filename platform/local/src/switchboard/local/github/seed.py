"""The app, a person and the repository every local run starts with."""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from switchboard.local.github.repositories import Repositories
from switchboard.local.github.repository import Signature, TreeChange
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.documents import DocumentStore

OWNER = "acme"
REPOSITORY = "storefront"
APP_ID = "7"
PERSON = "ada-product"
KEY_BITS = 2048
NEUTRAL = Signature(
    "Storefront Team", "storefront@example.org", datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
)
TEMPLATE = Path(__file__).parent / "storefront"
"""The files of the first commit; `_` before a name stands for a dot."""


@dataclass(frozen=True)
class App:
    """Credentials of the GitHub App, as written to `<home>/github/app.json`."""

    app_id: str
    private_key: str

    @property
    def public_key(self) -> str:
        """What the stand-in checks the app's JWTs with."""
        key = serialization.load_pem_private_key(self.private_key.encode(), password=None)
        return (
            key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )


def folder(settings: LocalSettings) -> Path:
    """Everything of the stand-in lies here."""
    return settings.home / "github"


def repositories(settings: LocalSettings) -> Repositories:
    """The bare repositories."""
    return Repositories(folder(settings) / "repos")


def open_store(settings: LocalSettings) -> DocumentStore:
    """Pull requests, reviews, comments, tokens."""
    return DocumentStore(folder(settings) / "github.db")


def seed_repositories(settings: LocalSettings, store: DocumentStore | None = None) -> App:
    """Make what is missing; what people pushed since is left alone."""
    app = _app(settings.folder.github_app)
    opened = store or open_store(settings)
    try:
        _person(folder(settings) / "human.json", opened)
    finally:
        if store is None:
            opened.close()
    create_repository(repositories(settings), OWNER, REPOSITORY, template_files())
    return app


def _app(path: Path) -> App:
    if path.exists():
        return App(**json.loads(path.read_text(encoding="utf-8")))
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    app = App(APP_ID, pem.decode())
    _write_secret(path, asdict(app))
    return app


def _person(path: Path, store: DocumentStore) -> None:
    """Ada's personal token: what a person uses to merge."""
    if path.exists():
        person = json.loads(path.read_text(encoding="utf-8"))
    else:
        person = {"login": PERSON, "token": f"ghp_{secrets.token_hex(18)}"}
        _write_secret(path, person)
    store.put("person", person["token"], {"login": person["login"]})


def _write_secret(path: Path, body: dict[str, Any]) -> None:
    """Replace the file in one step; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".json.new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)


def template_files() -> dict[str, bytes]:
    """The files of the seeded repository by path."""
    found = {}
    for path in sorted(TEMPLATE.rglob("*.txt")):
        name = path.relative_to(TEMPLATE).as_posix().removesuffix(".txt")
        found["." + name[1:] if name.startswith("_") else name] = path.read_bytes()
    return found


def create_repository(where: Repositories, owner: str, name: str, files: dict[str, bytes]) -> bool:
    """A repository with one commit on main; False when it is there already."""
    if (where.path(owner, name) / "refs" / "heads" / "main").exists() or (
        (owner, name) in where.names()
    ):
        return False
    where.create(owner, name)
    with where.open(owner, name) as git:
        changes = [TreeChange(path, git.add_blob(data)) for path, data in files.items()]
        commit = git.add_commit(git.add_tree(None, changes), [], "Start the storefront\n", NEUTRAL)
        git.create_ref("refs/heads/main", commit)
    return True
