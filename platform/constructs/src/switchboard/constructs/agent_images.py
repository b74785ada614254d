"""Build an agent's image and push it to its ECR repository (not run on AWS).

hatch run agents:image --env dev --agent code --registry <account>.dkr.ecr.us-east-1.amazonaws.com
    --tag <commit>
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from switchboard.constructs.bundling import repository_root
from switchboard.constructs.environments import ENVIRONMENTS

PLATFORM = "linux/arm64"
"""The only one AgentCore runs."""
AGENT = re.compile(r"[a-z][a-z_]*")

Run = Callable[[Sequence[str], Path], int]


def command(env: str, agent: str, registry: str, tag: str) -> list[str]:
    """What builds and pushes one image; tags never move, so a second push of one fails."""
    name = f"{registry}/switchboard-{env}/{agent.replace('_', '-')}:{tag}"
    return [
        *("docker", "buildx", "build", "--platform", PLATFORM, "--provenance=false"),
        *("--build-arg", f"AGENT={agent}", "-f", "agents/Dockerfile", "-t", name, "--push", "."),
    ]


def _run(words: Sequence[str], folder: Path) -> int:
    return subprocess.run(list(words), cwd=folder, check=False).returncode  # noqa: S603 - ours


def main(arguments: list[str] | None = None, run: Run = _run) -> int:
    """Build the image of each named agent."""
    parser = argparse.ArgumentParser(prog="image", description=__doc__)
    parser.add_argument("--env", required=True, choices=list(ENVIRONMENTS))
    parser.add_argument("--agent", required=True, action="append", help="may be repeated")
    parser.add_argument("--registry", required=True)
    parser.add_argument("--tag", required=True)
    options = parser.parse_args(arguments)
    root = repository_root(Path(__file__))
    for agent in options.agent:
        if not AGENT.fullmatch(agent):
            sys.stderr.write(f"error: {agent!r} is no agent\nremedy: e.g. --agent a_b_test\n")
            return 2
        if status := run(command(options.env, agent, options.registry, options.tag), root):
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
