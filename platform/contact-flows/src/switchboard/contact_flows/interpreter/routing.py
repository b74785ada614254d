"""Actions that send the contact somewhere else, or end."""

from switchboard.contact_flows.interpreter import effects
from switchboard.contact_flows.interpreter.effects import Content, Failed
from switchboard.contact_flows.interpreter.step import Ended, Enter, Onward, Step, Turn, ask


def transfer_contact_to_queue(turn: Turn) -> Step:
    """Into the queue chosen before, or named here; without one it is an error."""
    named = turn.text("QueueId")
    if named:
        turn.contact.target_queue(named)
    queue = turn.contact.queue.get("ARN", "")
    if not queue:
        return Failed(reason="no queue was chosen")
    failed = yield from ask(effects.TransferToQueue(turn.name, queue))
    return failed or Ended("queued", turn.contact.queue["Name"])


def transfer_participant_to_third_party(turn: Turn) -> Step:
    """Connected with another number; the flow goes on only where it says so."""
    effect = effects.TransferToNumber(
        turn.name,
        turn.text("ThirdPartyPhoneNumber"),
        turn.seconds("ThirdPartyConnectionTimeLimitSeconds"),
    )
    failed = yield from ask(effect)
    if failed:
        return failed
    goes_on = turn.text("ContinueFlowExecution") == "True" and turn.action.next()
    return Onward() if goes_on else Ended("transferred", "another number")


def transfer_to_flow(turn: Turn) -> Step:
    """Into another flow, if the driver has it."""
    answer = yield from ask(effects.TransferToFlow(turn.name, turn.text("ContactFlowId")), Content)
    if isinstance(answer, Failed):
        return answer
    if answer is None:
        return Ended("transferred", f"flow {turn.text('ContactFlowId')}")
    return Enter(answer.document, comes_back=False)


def invoke_flow_module(turn: Turn) -> Step:
    """Through a module, if the driver has it."""
    answer = yield from ask(effects.InvokeModule(turn.name, turn.text("FlowModuleId")), Content)
    if answer is None or isinstance(answer, Failed):
        return answer or Onward()
    return Enter(answer.document, comes_back=True)


def disconnect_participant(turn: Turn) -> Step:  # noqa: ARG001 - every step has its turn
    """Hang up."""
    yield from ()
    return Ended("disconnected")


def end_flow_execution(turn: Turn) -> Step:  # noqa: ARG001 - every step has its turn
    """The flow is over; the line stays open for whoever comes next."""
    yield from ()
    return Ended("ended")


def end_flow_module_execution(turn: Turn) -> Step:  # noqa: ARG001 - every step has its turn
    """Back to the flow that called the module."""
    yield from ()
    return Ended("returned")
