"""The door takes webhooks of the environment's own Notion workspace only (ENV-01)."""

import json
from dataclasses import replace
from typing import Any

import pytest

from switchboard.ingress.domain.accept_webhook import Delivery, InvalidWebhookError


def test_a_true_webhook_of_another_workspace_is_refused_and_nothing_is_kept(
    world: Any, make: Any
) -> None:
    own = replace(world.door(), workspace_id="22222222-0000-4000-8000-000000000002")
    raw = json.dumps(make.notion_body()).encode()
    delivery = Delivery(raw, make.sign(raw))

    with pytest.raises(InvalidWebhookError, match="another Notion workspace") as refused:
        own(delivery)

    assert "platform/notion/workspace-id" in refused.value.remediation
    assert world.events("ContentChanged.v1") == []
    assert replace(own, workspace_id=make.workspace)(delivery).status == "accepted"
