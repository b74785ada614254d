"""One bare git repository: objects, references, files, differences, merges (dulwich)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from re import compile as pattern

from dulwich.errors import NotTreeError
from dulwich.graph import find_merge_base
from dulwich.merge import three_way_merge
from dulwich.object_store import iter_tree_contents, tree_lookup_path
from dulwich.objects import Blob, Commit, ObjectID, ShaFile, Tree, TreeEntry
from dulwich.refs import Ref, check_ref_format
from dulwich.repo import Repo

from switchboard.local.github.changes import FileChange, changes_between
from switchboard.local.github.errors import GitHubError, not_found, refused

TREE_MODE = 0o040000
FILE_MODE = 0o100644
_SHA = pattern(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Signature:
    """Who, and when."""

    name: str
    email: str
    at: datetime

    def raw(self) -> bytes:
        """As git writes it."""
        return f"{self.name} <{self.email}>".encode()


@dataclass(frozen=True)
class TreeChange:
    """A path that becomes an object, or (without `sha`) vanishes."""

    path: str
    sha: str | None
    mode: int = FILE_MODE


@dataclass(frozen=True)
class GitRepository:
    """Git's own rules; what GitHub adds (pull requests, protection) is elsewhere."""

    repo: Repo

    @property
    def default_branch(self) -> str:
        """What HEAD points to."""
        target: bytes = self.repo.refs.read_ref(Ref(b"HEAD")) or b"ref: refs/heads/main"
        return target.removeprefix(b"ref: refs/heads/").decode()

    # References

    def ref(self, name: str) -> str | None:
        """The commit a full reference name points to."""
        try:
            return self.repo.refs[_ref(name)].decode()
        except KeyError:
            return None

    def branch(self, name: str) -> str:
        """The commit of a branch.

        Raises:
            GitHubError: 404.
        """
        sha = self.ref(f"refs/heads/{name}")
        if sha is None:
            raise GitHubError(404, "Branch not found")
        return sha

    def refs(self, prefix: str) -> dict[str, str]:
        """References whose full name starts with the prefix."""
        every = self.repo.get_refs()
        return {
            name.decode(): sha.decode()
            for name, sha in sorted(every.items())
            if name.startswith(prefix.encode()) and name != b"HEAD"
        }

    def resolve(self, name: str) -> str:
        """The commit of a branch, tag, reference or id.

        Raises:
            GitHubError: 404.
        """
        for full in (f"refs/heads/{name}", f"refs/tags/{name}", f"refs/{name}", name):
            if full.startswith("refs/") and (sha := self.ref(full)):
                return sha
        if _SHA.fullmatch(name) and self.has(name):
            return name
        raise GitHubError(404, f"No commit found for the ref {name}")

    def create_ref(self, name: str, sha: str) -> None:
        """A new reference.

        Raises:
            GitHubError: 422, it exists, or its name or object is no good.
        """
        if not name.startswith("refs/") or not check_ref_format(_ref(name)):
            raise refused(f"{name} is not a valid ref name.")
        if not self.has(sha):
            raise refused("Object does not exist")
        if not self.repo.refs.add_if_new(_ref(name), _oid(sha)):
            raise refused("Reference already exists")

    def move_ref(self, name: str, sha: str, *, force: bool = False) -> None:
        """Point a reference elsewhere.

        Raises:
            GitHubError: 422, no such reference or object, or no fast-forward.
        """
        old = self.ref(name)
        if old is None:
            raise refused("Reference does not exist")
        if not self.has(sha):
            raise refused("Object does not exist")
        if not force and self.merge_base(old, sha) != old:
            raise refused("Update is not a fast forward")
        if not self.repo.refs.set_if_equals(_ref(name), _oid(old), _oid(sha)):
            raise GitHubError(409, "Reference was updated by somebody else")

    def delete_ref(self, name: str) -> None:
        """Remove a reference.

        Raises:
            GitHubError: 422, there is none.
        """
        if self.ref(name) is None:
            raise refused("Reference does not exist")
        del self.repo.refs[_ref(name)]

    # Objects

    def has(self, sha: str) -> bool:
        return bool(_SHA.fullmatch(sha)) and _oid(sha) in self.repo.object_store

    def _object(self, sha: str) -> ShaFile:
        if not self.has(sha):
            raise not_found()
        return self.repo[_oid(sha)]

    def commit(self, sha: str) -> Commit:
        """A commit.

        Raises:
            GitHubError: 404.
        """
        found = self._object(sha)
        if not isinstance(found, Commit):
            raise not_found()
        return found

    def blob(self, sha: str) -> bytes:
        """The bytes of a blob.

        Raises:
            GitHubError: 404.
        """
        found = self._object(sha)
        if not isinstance(found, Blob):
            raise not_found()
        return bytes(found.data)

    def tree_of(self, sha: str) -> str:
        """The tree of a commit; a tree is its own."""
        found = self._object(sha)
        if isinstance(found, Commit):
            return str(found.tree.decode())
        if not isinstance(found, Tree):
            raise not_found()
        return sha

    def entries(self, tree: str, *, recursive: bool) -> list[TreeEntry]:
        """The entries of a tree, paths in full when recursive."""
        if recursive:
            every = iter_tree_contents(self.repo.object_store, _oid(tree), include_trees=True)
            return [entry for entry in every if entry.path]
        found = self._object(tree)
        return list(found.iteritems()) if isinstance(found, Tree) else []

    def lookup(self, commit: str, path: str) -> tuple[int, str]:
        """Mode and id of what is at a path.

        Raises:
            GitHubError: 404.
        """
        tree = _oid(self.tree_of(commit))
        if not path:
            return TREE_MODE, tree.decode()
        try:
            mode, sha = tree_lookup_path(self.repo.object_store.__getitem__, tree, path.encode())
        except (KeyError, ValueError, NotTreeError):
            raise not_found() from None
        return mode, sha.decode()

    def add_blob(self, data: bytes) -> str:
        """Store bytes."""
        blob = Blob.from_string(data)
        self.repo.object_store.add_object(blob)
        return blob.id.decode()

    def add_tree(self, base: str | None, changes: Sequence[TreeChange]) -> str:
        """A tree like `base` but for the changes.

        Raises:
            GitHubError: 422, a path that git does not allow or an object that is not there.
        """
        root = _oid(self.tree_of(base)) if base else None
        for change in changes:
            parts = change.path.split("/")
            if any(part in ("", ".", "..", ".git") for part in parts):
                raise refused(f"tree.path contains a malformed path component: {change.path}")
            if change.sha is not None and not self.has(change.sha):
                raise refused(f"tree.sha {change.sha} is not a valid object")
            root = self._with(root, parts, change)
        return (root or self._store(Tree())).decode()

    def _with(self, root: ObjectID | None, parts: list[str], change: TreeChange) -> ObjectID | None:
        tree = self._editable(root)
        name = parts[0].encode()
        if len(parts) == 1:
            kept = (change.mode, _oid(change.sha)) if change.sha else None
        else:
            inside = tree[name][1] if name in tree and tree[name][0] == TREE_MODE else None
            below = self._with(inside, parts[1:], change)
            kept = (TREE_MODE, below) if below else None
        if kept:
            tree.add(name, *kept)
        elif name in tree:
            del tree[name]
        return self._store(tree) if len(tree) else None

    def _editable(self, root: ObjectID | None) -> Tree:
        tree = Tree()
        found = self.repo[root] if root else None
        for entry in found.iteritems() if isinstance(found, Tree) else []:
            tree.add(entry.path, entry.mode, entry.sha)
        return tree

    def _store(self, tree: Tree) -> ObjectID:
        self.repo.object_store.add_object(tree)
        return tree.id

    def add_commit(self, tree: str, parents: Sequence[str], message: str, author: Signature) -> str:
        """Store a commit.

        Raises:
            GitHubError: 422, tree or parent is not there.
        """
        for sha in (tree, *parents):
            if not self.has(sha):
                raise refused(f"Object {sha} does not exist")
        commit = Commit()
        commit.tree = _oid(tree)
        commit.parents = [_oid(parent) for parent in parents]
        commit.author = commit.committer = author.raw()
        commit.author_time = commit.commit_time = int(author.at.timestamp())
        commit.author_timezone = commit.commit_timezone = 0
        commit.encoding = b"UTF-8"
        commit.message = message.encode()
        self.repo.object_store.add_object(commit)
        return commit.id.decode()

    # History

    def merge_base(self, one: str, other: str) -> str | None:
        """The newest common ancestor."""
        found = find_merge_base(self.repo, [_oid(one), _oid(other)])
        return found[0].decode() if found else None

    def log(self, include: str, exclude: str | None = None) -> list[str]:
        """Commits reachable from one and not from the other, newest first."""
        without = [_oid(exclude)] if exclude else []
        walker = self.repo.get_walker(include=[_oid(include)], exclude=without)
        return [entry.commit.id.decode() for entry in walker]

    def changes(self, old: str, new: str) -> list[FileChange]:
        """What differs between the trees of two commits."""
        trees = (self.tree_of(old), self.tree_of(new))
        return list(changes_between(str(self.repo.path), *trees))

    def merge(self, ours: str, theirs: str) -> str | None:
        """The tree of a merge; None when there are conflicts."""
        base = self.merge_base(ours, theirs)
        common = self.commit(base) if base else None
        store = self.repo.object_store
        tree, conflicts = three_way_merge(store, common, self.commit(ours), self.commit(theirs))
        return None if conflicts else self._store(tree).decode()


def _ref(name: str) -> Ref:
    return Ref(name.encode())


def _oid(sha: str) -> ObjectID:
    return ObjectID(sha.encode())


def utc(seconds: float) -> datetime:
    """A git time as an aware instant."""
    return datetime.fromtimestamp(seconds, UTC)
