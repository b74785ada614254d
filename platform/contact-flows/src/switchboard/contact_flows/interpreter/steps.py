"""Which step plays which action type; a test holds it against the table."""

from collections.abc import Callable, Mapping

from switchboard.contact_flows.interpreter import choosing, contact_steps, routing, talking
from switchboard.contact_flows.interpreter.step import Step, Turn

STEPS: Mapping[str, Callable[[Turn], Step]] = {
    "CheckHoursOfOperation": choosing.check_hours_of_operation,
    "CheckMetricData": choosing.check_metric_data,
    "Compare": choosing.compare,
    "ConnectParticipantWithLexBot": talking.connect_participant_with_lex_bot,
    "CreateWisdomSession": contact_steps.create_wisdom_session,
    "DequeueContactAndTransferToQueue": routing.transfer_contact_to_queue,
    "DisconnectParticipant": routing.disconnect_participant,
    "DistributeByPercentage": choosing.distribute_by_percentage,
    "EndFlowExecution": routing.end_flow_execution,
    "EndFlowModuleExecution": routing.end_flow_module_execution,
    "GetParticipantInput": talking.get_participant_input,
    "InvokeFlowModule": routing.invoke_flow_module,
    "InvokeLambdaFunction": choosing.invoke_lambda_function,
    "Loop": choosing.loop,
    "MessageParticipant": talking.message_participant,
    "MessageParticipantIteratively": talking.message_participant_iteratively,
    "TransferContactToQueue": routing.transfer_contact_to_queue,
    "TransferParticipantToThirdParty": routing.transfer_participant_to_third_party,
    "TransferToFlow": routing.transfer_to_flow,
    "UpdateContactAttributes": contact_steps.update_contact_attributes,
    "UpdateContactCallbackNumber": contact_steps.no_effect_here,
    "UpdateContactData": contact_steps.update_contact_data,
    "UpdateContactEventHooks": contact_steps.no_effect_here,
    "UpdateContactMediaStreamingBehavior": contact_steps.no_effect_here,
    "UpdateContactRecordingAndAnalyticsBehavior": contact_steps.update_contact_recording_behavior,
    "UpdateContactRecordingBehavior": contact_steps.update_contact_recording_behavior,
    "UpdateContactRoutingBehavior": contact_steps.no_effect_here,
    "UpdateContactRoutingCriteria": contact_steps.no_effect_here,
    "UpdateContactTargetQueue": contact_steps.update_contact_target_queue,
    "UpdateContactTextToSpeechVoice": contact_steps.update_contact_text_to_speech_voice,
    "UpdateFlowAttributes": contact_steps.update_flow_attributes,
    "UpdateFlowLoggingBehavior": contact_steps.no_effect_here,
    "Wait": choosing.wait,
}
