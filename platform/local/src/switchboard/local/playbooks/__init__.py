"""Playbooks: deterministic answers of the offline model, one generator per agent.

Importing this package registers the playbooks of all agents with the offline model.
"""

from switchboard.local.playbooks import code_playbook, mock_playbook

__all__ = ["code_playbook", "mock_playbook"]
