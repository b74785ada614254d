"""Sessions of calls that are going on, with the data that Lambda functions push into them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Session:
    """A session of an assistant; `data` is namespace Custom."""

    id: str
    arn: str
    assistant_id: str
    contact_id: str
    data: dict[str, str] = field(default_factory=dict)


class Sessions:
    """By session id; a call's sessions are forgotten when it ends."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        """Name sessions with `new_id`."""
        self._new_id = new_id
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, assistant_arn: str, contact_id: str) -> Session:
        """A new session of an assistant (`arn:aws:wisdom:...:assistant/<id>`)."""
        prefix, _, assistant_id = assistant_arn.partition(":assistant/")
        session_id = self._new_id()
        arn = f"{prefix}:session/{assistant_id}/{session_id}"
        session = Session(session_id, arn, assistant_id, contact_id)
        with self._lock:
            self._sessions[session_id] = session
        return session

    def find(self, session_id: str) -> Session | None:
        """The session, or None when its call is over."""
        return self._sessions.get(session_id)

    def close(self, contact_id: str) -> None:
        """Forget the sessions of a call."""
        with self._lock:
            over = [key for key, it in self._sessions.items() if it.contact_id == contact_id]
            for key in over:
                del self._sessions[key]
