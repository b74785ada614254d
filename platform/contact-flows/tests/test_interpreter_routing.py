"""Actions that send the contact somewhere else."""

from collections.abc import Callable
from typing import Any

from switchboard.contact_flows.actions.contact_data import UpdateContactTargetQueue
from switchboard.contact_flows.actions.routing import (
    DisconnectParticipant,
    InvokeFlowModule,
    TransferContactToQueue,
    TransferParticipantToThirdParty,
    TransferToFlow,
)
from switchboard.contact_flows.actions.table import Uninterpreted
from switchboard.contact_flows.actions.talk import MessageParticipant
from switchboard.contact_flows.builder import Flow
from switchboard.contact_flows.interpreter import effects
from switchboard.contact_flows.interpreter.effects import Content, Failed

One = Callable[..., Flow]
QUEUE = UpdateContactTargetQueue(queue_id="arn:queue/people")


def queue_flow(**ways: Any) -> Flow:
    flow = Flow("queue")
    flow.add("choose", QUEUE, then="it", on_error="end")
    flow.add(
        "it",
        TransferContactToQueue(),
        then="end",
        errors={"QueueAtCapacity": "full", "NoMatchingError": "end"},
    )
    flow.add("full", MessageParticipant(text="Full."), then="end")
    flow.add("end", DisconnectParticipant())
    return flow


def test_a_contact_that_is_queued_has_left_the_flow(day: Any) -> None:
    ending = day(queue_flow())

    assert (ending.outcome, ending.reason, ending.action) == ("queued", "people", "it")
    assert ending.contact.queue == {"ARN": "arn:queue/people", "Name": "people"}
    assert day.of(effects.WaitInQueue) == [effects.WaitInQueue("it", "arn:queue/people")]


def test_a_full_queue_has_its_own_way_and_no_queue_at_all_is_an_error(
    day: Any, one_action: One
) -> None:
    assert day(queue_flow(), {effects.TransferToQueue: Failed("QueueAtCapacity")}).action == "end"
    assert day.said() == ["Full."]

    day.contact.queue = {}
    assert day(one_action(TransferContactToQueue())).action == "wrong"


def test_whoever_sees_a_transfer_start_sees_its_queue(day: Any) -> None:
    day(queue_flow())

    started = [e for e in day.of(effects.ActionStarted) if e.type == "TransferContactToQueue"]
    assert started[0].parameters == {"QueueId": "arn:queue/people"}


def test_another_number_ends_the_flow_unless_it_says_to_go_on(day: Any, one_action: One) -> None:
    number = {"third_party_phone_number": "+15555550100"}
    ends = TransferParticipantToThirdParty(**number)
    goes_on = TransferParticipantToThirdParty(continue_flow_execution=True, **number)

    assert day(one_action(ends)).outcome == "transferred"
    assert day(one_action(goes_on)).action == "right"
    failed = {effects.TransferToNumber: Failed("CallFailed")}
    assert day(one_action(ends), failed).action == "wrong"


def test_another_flow_and_a_module_are_entered_when_the_driver_has_them(
    day: Any, one_action: One
) -> None:
    module = Flow("module")
    module.add("say", MessageParticipant(text="Inside."), then="back")
    module.add("back", Uninterpreted(type="EndFlowModuleExecution", parameters={}))
    other = Flow("other")
    other.add("hello", MessageParticipant(text="Other."), then="bye")
    other.add("bye", DisconnectParticipant())
    called = one_action(InvokeFlowModule(flow_module_id="m"))
    left = one_action(TransferToFlow(contact_flow_id="f"))

    assert day(called, {effects.InvokeModule: Content(module.to_json())}).action == "right"
    assert day(called).action == "right"
    assert day(left, {effects.TransferToFlow: Content(other.document())}).action == "bye"
    assert day(left).outcome == "transferred"
    assert day.said() == ["Inside.", "Other."]


def test_modules_within_themselves_end_in_an_error_and_so_does_what_is_no_module(
    day: Any, one_action: One
) -> None:
    called = one_action(InvokeFlowModule(flow_module_id="m"))

    assert day(called, {effects.InvokeModule: Content(called.to_json())}).outcome == "disconnected"
    assert day(called, {effects.InvokeModule: Content("no json")}).action == "wrong"


def test_a_type_that_is_only_known_is_taken_by_its_next_action_and_the_ending_says_so(
    day: Any, one_action: One
) -> None:
    ending = day(one_action(Uninterpreted(type="CreateTask", parameters={"Name": "x"})))

    assert ending.action == "right"
    assert ending.uninterpreted == ("CreateTask",)
