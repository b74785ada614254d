"""The words of the Flow language: version, limits, error and operator names, JSONPath roots.

Sources: AWS "Amazon Connect Flow language" pages; live-import notes of
aws-samples/sample-aicc-builder-for-amazon-connect-ai-agent; 98 public flows.
"""

import re

VERSION = "2019-10-30"
MOST_ACTIONS = 250
MOST_BYTES = 256_000
"""What `AWS::Connect::ContactFlow` takes as Content."""
MOST_IDENTIFIER = 50
MOST_ATTRIBUTE_BYTES = 32_768
MOST_REPLY_BYTES = 32_768
MOST_LAMBDA_SECONDS = 8
MOST_ASYNCHRONOUS_LAMBDA_SECONDS = 60

NO_MATCHING_ERROR = "NoMatchingError"
NO_MATCHING_CONDITION = "NoMatchingCondition"
INPUT_TIME_LIMIT_EXCEEDED = "InputTimeLimitExceeded"
QUEUE_AT_CAPACITY = "QueueAtCapacity"

EQUALS = "Equals"
TEXT_OPERATORS = (EQUALS, "TextContains", "TextStartsWith", "TextEndsWith")
NUMBER_OPERATORS = (
    "NumberGreaterThan",
    "NumberGreaterOrEqualTo",
    "NumberLessThan",
    "NumberLessOrEqualTo",
)
OPERATORS = TEXT_OPERATORS + NUMBER_OPERATORS

FORBIDDEN_IN_IDENTIFIER = re.compile(r"[%:(\\/)=$,;\[\]{}]")
FORBIDDEN_IDENTIFIERS = frozenset(
    {
        "__proto__",
        "constructor",
        "__defineGetter__",
        "__defineSetter__",
        "toString",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "valueOf",
    }
)

JSON_PATH = re.compile(r"\$\.[A-Za-z]\w*(?:\.[\w-]+|\['[^']+'\]|\[\d+\])*")
"""A reference as it stands in a parameter or inside a text."""

ROOTS = frozenset(
    {
        "Agent",
        "Attributes",
        "Case",
        "Channel",
        "ContactId",
        "ContactLens",
        "Customer",
        "CustomerEndpoint",
        "CustomerId",
        "Description",
        "External",
        "ExternalTool",
        "FlowAttributes",
        "InitialContactId",
        "InitiationMethod",
        "InstanceARN",
        "LanguageCode",
        "Lex",
        "Loop",
        "Media",
        "Metrics",
        "Modules",
        "Name",
        "PreviousContactId",
        "Queue",
        "References",
        "SegmentAttributes",
        "StoredCustomerInput",
        "SystemEndpoint",
        "Task",
        "TextToSpeechVoice",
        "Views",
        "Wisdom",
    }
)
"""What may follow `$.`; another root resolves to nothing."""


def is_identifier(text: object) -> bool:
    """Whether Connect takes this as the identifier of an action."""
    return (
        isinstance(text, str)
        and 0 < len(text) <= MOST_IDENTIFIER
        and not FORBIDDEN_IN_IDENTIFIER.search(text)
        and text not in FORBIDDEN_IDENTIFIERS
    )
