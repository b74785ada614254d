"""What the flow itself says; the agent's words are the agent's.

No text promises anything that is not done. A call back is promised only by the sentence that the
hand-off returns once it is recorded (`$.External.sentence`).
"""

GREETING = "Hello, this is the I T service desk. How can I help you?"
NOTHING_HEARD = "I did not hear you. Tell me what is wrong, or press 0 for a person."
NOT_UNDERSTOOD = (
    "Sorry, I did not understand. Please say it in other words, or press 0 for a person."
)
ASSISTANT_DOWN = "Our assistant is not available at the moment."
KEYPAD = "For a person, press 1. For the state of a ticket, press 2."
NUMBER = "Enter the seven digits of the ticket number. For a person, press 0 and wait."
LOOK_UP_DOWN = "I cannot look up tickets at the moment."
PUT_THROUGH = "I am putting you through to a person. Please hold."
GOODBYE = "Goodbye."

CLOSED = "Nobody is at the desk right now. $.External.sentence"
FULL = "Every line is busy right now. $.External.sentence"
NOT_PUT_THROUGH = "I could not put you through. $.External.sentence"

CLOSED_UNNOTED = "Nobody is at the desk right now, and I could not note your request."
FULL_UNNOTED = "Every line is busy right now, and I could not note your request."
NOT_PUT_THROUGH_UNNOTED = "I could not put you through, and I could not note your request."
CALL_AGAIN = "Please call again later."

UNHEARD_SUMMARY = "The assistant could not understand the caller, who was then given the keypad."
ASSISTANT_DOWN_SUMMARY = "The assistant did not answer; nobody has asked yet what is wrong."
LOOK_UP_DOWN_SUMMARY = (
    "The caller asked for the state of ticket $.StoredCustomerInput; the look-up did not answer."
)
KEY_SUMMARY = "The caller pressed the key for a person. $.Attributes.escalationSummary"
