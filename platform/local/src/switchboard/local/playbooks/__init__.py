"""Playbooks: deterministic answers of the offline model, one generator per agent.

Importing this package registers the playbooks of all agents with the offline model.
"""

from switchboard.local.playbooks import code_playbook, mock_playbook
from switchboard.local.playbooks.deck import deck as deck_playbook
from switchboard.local.playbooks.desk import desk as desk_playbook
from switchboard.local.playbooks.insight import insight as insight_playbook
from switchboard.local.playbooks.review import review as review_playbook
from switchboard.local.playbooks.spec import spec as spec_playbook
from switchboard.local.playbooks.variants import variants as variants_playbook

__all__ = [
    "code_playbook",
    "deck_playbook",
    "desk_playbook",
    "insight_playbook",
    "mock_playbook",
    "review_playbook",
    "spec_playbook",
    "variants_playbook",
]
