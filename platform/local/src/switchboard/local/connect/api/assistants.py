"""`qconnect`: session data, and which AI agent an assistant uses."""

from typing import Any

from switchboard.local.agentcore.aws_answers import NotFoundError, ValidationError
from switchboard.local.connect.agent.deployed import AGENT
from switchboard.local.connect.api.dispatch import Call, Operation
from switchboard.local.connect.desk import ASSISTANT, Desk, last
from switchboard.local.connect.sessions import Session, Sessions

NAMESPACE = "Custom"
ORCHESTRATION = "ORCHESTRATION"
MAX_VALUE = 4096
"""Characters of a value (UpdateSessionData)."""


class Assistants:
    """UpdateSessionData, GetSession, UpdateAssistantAIAgent, RemoveAssistantAIAgent."""

    def __init__(self, desk: Desk, sessions: Sessions) -> None:
        """Serve the assistants of `desk`."""
        self._desk = desk
        self._sessions = sessions

    def operations(self) -> list[Operation]:
        """All of them."""
        session = "/assistants/{assistantId}/sessions/{sessionId}"
        agent = "/assistants/{assistantId}/aiagentConfiguration"
        return [
            Operation("PATCH", f"{session}/data", self.update_session_data),
            Operation("GET", session, self.get_session),
            Operation("POST", agent, self.update_agent),
            Operation("DELETE", agent, self.remove_agent, status=204),
        ]

    def update_session_data(self, call: Call) -> dict[str, Any]:
        """Put values that the AI prompt reads as `{{$.Custom.key}}`."""
        session = self._session(call)
        if call.body.get("namespace", NAMESPACE) != NAMESPACE:
            raise ValidationError(f"namespace must be {NAMESPACE}")
        for item in call.body.get("data") or []:
            value = str((item.get("value") or {}).get("stringValue") or "")
            if not item.get("key") or not 0 < len(value) <= MAX_VALUE:
                raise ValidationError(
                    f"data: each entry needs 'key' and 'value.stringValue' (1 to {MAX_VALUE})"
                )
            session.data[item["key"]] = value
        data = [{"key": key, "value": {"stringValue": v}} for key, v in session.data.items()]
        return {
            "sessionArn": session.arn,
            "sessionId": session.id,
            "namespace": NAMESPACE,
            "data": data,
        }

    def get_session(self, call: Call) -> dict[str, Any]:
        """The session of a call that is going on."""
        session = self._session(call)
        return {
            "session": {
                "sessionArn": session.arn,
                "sessionId": session.id,
                "name": session.contact_id,
                "origin": "SYSTEM",
            }
        }

    def update_agent(self, call: Call) -> dict[str, Any]:
        """Make an agent the default of a use case."""
        assistant_id = self._assistant(call)
        use_case = _use_case(call.body.get("aiAgentType"), call.body.get("orchestratorUseCase"))
        agent_id = str((call.body.get("configuration") or {}).get("aiAgentId") or "")
        self._desk.need(AGENT, agent_id)
        self._desk.associations.use_agent(assistant_id, use_case, agent_id)
        found = self._desk.need(ASSISTANT, assistant_id)
        return {
            "assistant": {
                "assistantId": assistant_id,
                "assistantArn": str(found.attributes.get("AssistantArn", found.physical_id)),
                "name": str(found.property("Name", default=assistant_id)),
                "type": "AGENT",
                "status": "ACTIVE",
            }
        }

    def remove_agent(self, call: Call) -> dict[str, Any]:
        """Take the default of a use case back."""
        use_case = _use_case(call.query.get("aiAgentType"), call.query.get("orchestratorUseCase"))
        self._desk.associations.drop_agent(last(call.path["assistantId"]), use_case)
        return {}

    def _assistant(self, call: Call) -> str:
        identifier = call.path["assistantId"]
        self._desk.need(ASSISTANT, identifier)
        return last(identifier)

    def _session(self, call: Call) -> Session:
        assistant_id = self._assistant(call)
        session = self._sessions.find(last(call.path["sessionId"]))
        if session is None or session.assistant_id != assistant_id:
            raise NotFoundError(f"session {call.path['sessionId']}: no such call is going on")
        return session


def _use_case(agent_type: Any, use_case: Any) -> str:
    """Defaults are kept by use case; types other than ORCHESTRATION are their own."""
    return str(use_case) if agent_type == ORCHESTRATION and use_case else str(agent_type)
