"""The Lex bot between the caller's voice and Connect's AI agent. Not run on AWS.

Its one real intent is AMAZON.QInConnectIntent: every word goes to the agent (Amazon Connect
administrator guide, "Use agentic self-service"). How long it listens is said by the flow
(`switchboard.voice.flows.listening`).
"""

from aws_cdk import aws_connect as connect
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lex as lex
from constructs import Construct
from voice_names import named

from switchboard.constructs.explained import explain_wildcard
from switchboard.constructs.service_stack import ServiceStack
from switchboard.voice.flows.listening import INTENT

LOCALE = "en_US"
IDLE_SECONDS = 300
NLU_THRESHOLD = 0.4


class DeskBot(Construct):
    """Bot, version and alias, known to the instance."""

    def __init__(self, scope: ServiceStack, construct_id: str) -> None:
        """Build it for the assistant of the environment."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self._assistant_arn = scope.platform_value("connect/assistant-arn")
        self.bot = self._bot()
        self.alias = self._alias(self._version())
        # CloudFormation writes the bot's resource policy for the instance.
        self.association = connect.CfnIntegrationAssociation(
            self,
            "Association",
            instance_id=scope.platform_value("connect/instance-arn"),
            integration_type="LEX_BOT",
            integration_arn=self.alias.attr_arn,
        )

    def _role(self) -> iam.Role:
        stack = self._stack
        role = iam.Role(
            self,
            "Role",
            role_name=named("voice-bot-role", stack.environment_data),
            assumed_by=iam.ServicePrincipal(
                "lexv2.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
            ),
        )
        assistant = stack.platform_value("connect/assistant-id")
        sessions = f"arn:{stack.partition}:wisdom:{stack.region}:{stack.account}:session"
        role.add_to_policy(
            iam.PolicyStatement(
                actions=[
                    "wisdom:CreateSession",
                    "wisdom:GetAssistant",
                    "wisdom:GetNextMessage",
                    "wisdom:SendMessage",
                ],
                resources=[self._assistant_arn, f"{sessions}/{assistant}/*"],
            )
        )
        explain_wildcard(role, ":session/", reason="A session is made as the call rings")
        return role

    def _bot(self) -> lex.CfnBot:
        kind = lex.CfnBot
        configuration = kind.QInConnectIntentConfigurationProperty(
            q_in_connect_assistant_configuration=kind.QInConnectAssistantConfigurationProperty(
                assistant_arn=self._assistant_arn
            )
        )
        return lex.CfnBot(
            self,
            "Bot",
            name=named("l1-support-bot", self._stack.environment_data),
            role_arn=self._role().role_arn,
            data_privacy={"ChildDirected": False},
            idle_session_ttl_in_seconds=IDLE_SECONDS,
            auto_build_bot_locales=True,
            bot_locales=[
                kind.BotLocaleProperty(
                    locale_id=LOCALE,
                    nlu_confidence_threshold=NLU_THRESHOLD,
                    speech_recognition_settings=kind.SpeechRecognitionSettingsProperty(
                        speech_model_preference="Advanced"
                    ),
                    intents=[
                        kind.IntentProperty(
                            name=INTENT,
                            parent_intent_signature="AMAZON.QInConnectIntent",
                            q_in_connect_intent_configuration=configuration,
                        ),
                        kind.IntentProperty(
                            name="FallbackIntent",
                            parent_intent_signature="AMAZON.FallbackIntent",
                        ),
                    ],
                )
            ],
        )

    def _version(self) -> lex.CfnBotVersion:
        kind = lex.CfnBotVersion
        return lex.CfnBotVersion(
            self,
            "Version",
            bot_id=self.bot.attr_id,
            bot_version_locale_specification=[
                kind.BotVersionLocaleSpecificationProperty(
                    locale_id=LOCALE,
                    bot_version_locale_details=kind.BotVersionLocaleDetailsProperty(
                        source_bot_version="DRAFT"
                    ),
                )
            ],
        )

    def _alias(self, version: lex.CfnBotVersion) -> lex.CfnBotAlias:
        kind = lex.CfnBotAlias
        return lex.CfnBotAlias(
            self,
            "Alias",
            bot_id=self.bot.attr_id,
            bot_alias_name="live",
            bot_version=version.attr_bot_version,
            bot_alias_locale_settings=[
                kind.BotAliasLocaleSettingsItemProperty(
                    locale_id=LOCALE,
                    bot_alias_locale_setting=kind.BotAliasLocaleSettingsProperty(enabled=True),
                )
            ],
        )
