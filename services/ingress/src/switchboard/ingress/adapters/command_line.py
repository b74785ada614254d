"""The operator's command: let the next handshake in.

Notion shows a verification token only once and only over the webhook itself. The door stores it
while armed, and refuses it at all other times: otherwise anybody could put a token of theirs there.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from switchboard.ingress.domain.arm_handshake import ArmHandshake, TokenStoredError


def arm(build: Callable[[str], ArmHandshake], arguments: Sequence[str] | None = None) -> int:
    """Arm the environment's door and say until when; 1 when a token is stored already."""
    parser = argparse.ArgumentParser(
        prog="python -m switchboard.ingress.handler", description=__doc__
    )
    parser.add_argument("--env", default="dev", help="environment of the stack (default dev)")
    parser.add_argument("--minutes", type=int, default=10, choices=range(1, 61), metavar="1..60")
    parser.add_argument("--forget", action="store_true", help="drop the stored token first")
    options = parser.parse_args(arguments)
    try:
        until = build(options.env)(options.minutes, forget=options.forget)
    except TokenStoredError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        f"armed until {until.isoformat()}; now press Verify (Resend token) in Notion\n"
    )
    return 0
