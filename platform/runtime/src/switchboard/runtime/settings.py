"""The process environment, as a plain mapping, for functions that ship with the runtime."""

import os
from collections.abc import Mapping


def environment() -> Mapping[str, str]:
    """The variables the stack has set."""
    return os.environ
