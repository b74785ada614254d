"""The sandbox agents run code in: AgentCore Code Interpreter."""

from collections.abc import Mapping

from aws_cdk import aws_bedrockagentcore as agentcore
from constructs import Construct

from switchboard.constructs.environments import Environment


class Sandbox(Construct):
    """A code interpreter without a role: code in it can reach no AWS resource of ours."""

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment) -> None:
        """Build it with outgoing network, which `install_package` needs."""
        super().__init__(scope, construct_id)
        self.interpreter = agentcore.CfnCodeInterpreterCustom(
            self,
            "Interpreter",
            name=f"switchboard_{environment.name}",
            description="Where agents run the code they write",
            network_configuration=agentcore.CfnCodeInterpreterCustom.CodeInterpreterNetworkConfigurationProperty(
                network_mode="PUBLIC"
            ),
        )

    @property
    def interpreter_id(self) -> str:
        """Its id, as the API wants it."""
        return self.interpreter.attr_code_interpreter_id

    def values(self) -> Mapping[str, str]:
        """What services look up."""
        return {"code-interpreter/id": self.interpreter_id}
