"""Triggers, completion values and chains of F4: ingress's own copy, checked against F4 by test."""

AGENT_TYPES = ("code", "mock", "demo_deck", "insight", "spec", "review", "a_b_test")

DEFAULT_TRIGGERS: dict[str, str] = {
    "Generate Code": "code",
    "Generate Prototype": "mock",
    "Generate Demo Deck": "demo_deck",
    "Synthesize Feedback": "insight",
    "Generate Spec": "spec",
    "Review Code": "review",
    "Generate A/B Variants": "a_b_test",
}
"""Used by a project that names no triggers of its own."""

COMPLETION_VALUES: dict[str, str] = {
    "code": "Code Generated",
    "mock": "Prototype Ready",
    "demo_deck": "Demo Deck Ready",
    "insight": "Feedback Synthesized",
    "spec": "Spec Ready",
    "review": "Review Posted",
    "a_b_test": "Variants Ready",
}
"""What completion writes into Status. None may be a trigger: that would be a loop (K-31)."""

CHAIN_TEMPLATES = ("story-to-code", "story-to-mock-to-deck", "story-to-spec-to-code", "custom")
DEFAULT_CHAIN = "story-to-code"
BRANCH_STRATEGIES = ("feature-branch", "direct-to-main")
DEFAULT_BRANCH_STRATEGY = "feature-branch"
