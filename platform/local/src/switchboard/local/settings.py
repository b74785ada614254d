"""The environment of the local platform, read once: ports and the state folder."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from switchboard.local.home import Home, repository_root

HOST = "127.0.0.1"
"""The only address anything of the local platform listens on."""
ACCOUNT = "111122223333"
"""The account of the engine; an access key id of twelve digits names the account."""
REGION = "us-east-1"
LOCAL_MODEL = "offline.playbook"
STATE_FOLDER = ".switchboard"
MODEL_KEY = "model_api_key"
"""Goes into the engine's Secrets Manager and into no other process."""


class LocalSettings(BaseModel):
    """Ports on 127.0.0.1 and the folder with all state.

    `SWITCHBOARD_HOME` and `SWITCHBOARD_PORT_{ENGINE,AGENTCORE,GATEWAY,NOTION,GITHUB,PROTOTYPES,
    CONNECT,PHONE,RTP}` change them. `SWITCHBOARD_MODEL_{PROVIDER,ID,BASE_URL,API_KEY}` let the
    agents talk to a real model instead of the playbooks.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    home: Path
    environment: str = Field(default="dev", pattern="^(dev|workshop|prod)$")
    port_engine: int = Field(default=4566, ge=1, le=65535)
    port_agentcore: int = Field(default=8801, ge=1, le=65535)
    port_gateway: int = Field(default=8802, ge=1, le=65535)
    port_notion: int = Field(default=8711, ge=1, le=65535)
    port_github: int = Field(default=8721, ge=1, le=65535)
    port_prototypes: int = Field(default=8731, ge=1, le=65535)
    port_connect: int = Field(default=8741, ge=1, le=65535)
    port_phone: int = Field(default=5070, ge=1, le=65535, description="SIP over UDP")
    port_rtp: int = Field(
        default=16_384, ge=1_024, le=65_000, description="first of the even ports for sound"
    )
    run_limit_seconds: int = Field(
        default=3600, ge=1, le=28800, description="how long an agent may be silent"
    )

    model_provider: str = Field(
        default="bedrock", description="bedrock (the playbooks), anthropic, openai or ollama"
    )
    model_id: str = Field(default=LOCAL_MODEL, description="as the provider calls it")
    model_base_url: str = Field(default="", description="of a compatible server or of Ollama")
    model_api_key: SecretStr = Field(default=SecretStr(""), description="of the provider")

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "LocalSettings":
        """Read `SWITCHBOARD_*`; the state folder defaults to `.switchboard/` in the checkout."""
        prefix = "SWITCHBOARD_"
        given = {
            key.removeprefix(prefix).lower(): value
            for key, value in env.items()
            if key.startswith(prefix) and value
        }
        ports = {name: given[name] for name in cls.model_fields if name in given}
        home = Path(given.get("home") or repository_root() / STATE_FOLDER).absolute()
        return cls.model_validate({**ports, "home": home})

    @property
    def folder(self) -> Home:
        """The layout of the state folder."""
        return Home(self.home)

    @property
    def engine_url(self) -> str:
        """The AWS engine (`AWS_ENDPOINT_URL`)."""
        return _url(self.port_engine)

    @property
    def agentcore_url(self) -> str:
        """AgentCore data plane and Bedrock."""
        return _url(self.port_agentcore)

    @property
    def gateway_url(self) -> str:
        """The tool gateway; its MCP endpoint is `mcp_url`."""
        return _url(self.port_gateway)

    @property
    def mcp_url(self) -> str:
        """The gateway's MCP endpoint (what `GatewayUrl` of the deployed gateway says)."""
        return f"{self.gateway_url}/mcp"

    @property
    def notion_url(self) -> str:
        """The Notion stand-in."""
        return _url(self.port_notion)

    @property
    def github_url(self) -> str:
        """The GitHub stand-in: REST, git and pages."""
        return _url(self.port_github)

    @property
    def prototypes_url(self) -> str:
        """What CloudFront is on AWS: the published prototypes."""
        return _url(self.port_prototypes)

    @property
    def connect_url(self) -> str:
        """Amazon Connect: its OIDC issuer, its API, and the door for calls."""
        return _url(self.port_connect)

    def as_environment(self) -> dict[str, str]:
        """The variables that make another process read these settings."""
        names = [name for name in type(self).model_fields if name != MODEL_KEY]
        given = {name: str(getattr(self, name)) for name in names}
        return {f"SWITCHBOARD_{name.upper()}": value for name, value in given.items()}

    @property
    def aws_environment(self) -> dict[str, str]:
        """What a process needs so that any AWS SDK in it talks to the local platform."""
        return {
            "AWS_ENDPOINT_URL": self.engine_url,
            "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": self.agentcore_url,
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": self.agentcore_url,
            "AWS_ENDPOINT_URL_BEDROCK_AGENT": self.agentcore_url,
            "AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME": self.agentcore_url,
            "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE_CONTROL": self.connect_url,
            "AWS_ENDPOINT_URL_CONNECT": self.connect_url,
            "AWS_ENDPOINT_URL_QCONNECT": self.connect_url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }


def user_environment(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The caller's environment for a process of the platform, without AWS or a model's key."""
    kept_out = ("AWS_", "PYTHONPATH", f"SWITCHBOARD_{MODEL_KEY.upper()}")
    return {key: value for key, value in env.items() if not key.startswith(kept_out)}


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"
