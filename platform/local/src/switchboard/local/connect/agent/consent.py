"""Whether the caller has agreed to what the desk just asked.

Strict on purpose: a yes that is not seen here costs one more question, a yes that was none costs
a ticket nobody wanted.
"""

import re

FIRST_WORDS = 8
YES = re.compile(
    r"\b(yes|yeah|yep|yup|yea|jup|sure|okay|ok|please do|correct|exactly|absolutely|of course|"
    r"certainly|definitely|go ahead|go for it|do (it|that|so)|sounds good|good idea|got it|"
    r"by all means|mm ?hm|mhm|uh ?huh|(that is|that's|thats) (it|right|fine)|that would be|"
    r"(i would|i'd) (like|love|appreciate) (that|it)|fine|great|perfect)\b",
    re.IGNORECASE,
)
NO = re.compile(
    r"\b(no|nope|nah|not|never|don't|dont|wait|stop|cancel|wrong|incorrect|instead|hold on|"
    r"forget it|rather|maybe|later|bye|goodbye|that is all|that's all|would be all)\b",
    re.IGNORECASE,
)
NOT_A_NO = re.compile(r"\b(no problem|why not|no worries|not bad|no doubt)\b", re.IGNORECASE)
WHOLE_YES = re.compile(r"\W*(please|right|one|1)\W*", re.IGNORECASE)
"""A yes only when nothing else is said; 1 is a key."""


def agrees(words: str) -> bool:
    """A clear yes near the beginning; silence, a new topic or doubt is none."""
    plain = NOT_A_NO.sub("yes", words)
    beginning = " ".join(plain.split()[:FIRST_WORDS])
    said_yes = YES.search(beginning) or WHOLE_YES.fullmatch(plain)
    return bool(said_yes) and not NO.search(beginning)


def asked(said: str) -> bool:
    """Whether what the desk said last ends as a question."""
    return said.rstrip().endswith("?")
