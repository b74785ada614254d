"""The flow of the desk: assistant, then keypad, then a person.

The assistant answers at any hour; hours matter only for people. A person can be had at every turn:
by word or the key 0 from the assistant, by 0 or 1 on the keypad, and whoever says nothing at all
gets one too. Texts are in `texts`. Not run on AWS.
"""

from switchboard.contact_flows.builder import Flow
from switchboard.voice.flows.addresses import DeskAddresses
from switchboard.voice.flows.keypad import add_keypad
from switchboard.voice.flows.opening import add_assistant, add_opening
from switchboard.voice.flows.person import add_end, add_person

__all__ = ["DeskAddresses", "desk_flow"]


def desk_flow(addresses: DeskAddresses) -> Flow:
    """The whole flow."""
    flow = Flow("l1-service-desk", "Assistant first, then keypad, then a person.")
    add_opening(flow, addresses)
    add_assistant(flow, addresses)
    add_keypad(flow, addresses)
    add_person(flow, addresses)
    add_end(flow, addresses)
    return flow
