"""F and M rules: the flow as a whole, and what the designer keeps beside it."""

import json
from collections import Counter
from collections.abc import Iterator

from switchboard.contact_flows.document import FlowDocument
from switchboard.contact_flows.language import MOST_ACTIONS, MOST_BYTES, VERSION
from switchboard.contact_flows.linter.finding import Finding, finding


def check_structure(flow: FlowDocument) -> Iterator[Finding]:
    """F001 to F005."""
    version = flow.raw.get("Version")
    if version != VERSION:
        yield finding("F001", "", f"the version is {version!r}, not {VERSION!r}")
    used = Counter(action.identifier for action in flow.actions)
    for identifier, times in used.items():
        if times > 1:
            yield finding("F002", identifier, f"the identifier is used {times} times")
    if flow.start not in flow.by_identifier:
        yield finding("F003", "", f"StartAction {flow.start!r} is not an action")
    if len(flow.actions) > MOST_ACTIONS:
        yield finding("F004", "", f"{len(flow.actions)} actions; Connect takes {MOST_ACTIONS}")
    size = len(json.dumps(flow.raw, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        yield finding("F005", "", f"{size:,} bytes; a template takes {MOST_BYTES:,}")


def check_metadata(flow: FlowDocument) -> Iterator[Finding]:
    """M001; silent where the export carries no metadata at all."""
    metadata = flow.raw.get("Metadata")
    known = metadata.get("ActionMetadata") if isinstance(metadata, dict) else None
    if not isinstance(known, dict) or not known:
        return
    for action in flow.actions:
        if action.identifier not in known:
            yield finding("M001", action.identifier, "no entry in Metadata.ActionMetadata")
