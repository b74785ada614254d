"""The checkout this process works on."""

from pathlib import Path

from switchboard.local.home import repository_root

ROOT = repository_root(Path(__file__))
"""The repository's root folder."""
EVENTS = ROOT / "shared-events"
REQUIREMENTS = ROOT / "docs/requirements/requirements.json"
RESULTS = ROOT / "build/requirements/results.json"
"""Outcomes of marked tests, written by the pytest plugin."""
