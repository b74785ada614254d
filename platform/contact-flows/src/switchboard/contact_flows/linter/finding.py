"""The rules by code, each with its level and its remedy, and what a broken one is reported as."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Rule:
    """One rule of the linter."""

    code: str
    demands: str
    remedy: str
    level: Level = "error"


@dataclass(frozen=True)
class Finding:
    """One broken rule at one action; `action` is empty where the flow as a whole is meant."""

    code: str
    action: str
    message: str
    remedy: str
    level: Level


_ALL = (
    Rule("F001", "the version is 2019-10-30", 'Set "Version": "2019-10-30".'),
    Rule("F002", "identifiers are used once", "Rename one of the actions and what points to it."),
    Rule("F003", "StartAction exists", "Point StartAction at an identifier of Actions."),
    Rule("F004", "at most 250 actions", "Move a part into a module (InvokeFlowModule)."),
    Rule("F005", "at most 256,000 bytes", "Shorten texts, drop Metadata, or split off a module."),
    Rule(
        "A001",
        "an identifier has 1 to 50 characters without %:(\\/)=$,;[]{}",
        "Rename the action and what points to it.",
    ),
    Rule(
        "A002",
        "the type exists",
        "Take a type of the Flow language: TransferContactToQueue, not TransferToQueue; "
        "UpdateContactTargetQueue, not SetWorkingQueue; CheckMetricData, not CheckStaffing.",
    ),
    Rule("A003", "no required parameter is missing", "Add the parameter."),
    Rule("A004", "exactly one prompt", "Keep one of Text, SSML, PromptId and Media."),
    Rule(
        "A005",
        "InvocationTimeLimitSeconds is a fixed 1 to 8 (asynchronous: 60)",
        "Set a number of seconds; a longer job needs an asynchronous invocation.",
    ),
    Rule("A006", "LoopCount is 0 to 100", "Set LoopCount within 0 and 100."),
    Rule("A007", "InputTimeLimitSeconds is 1 to 180", "Set a number within 1 and 180."),
    Rule(
        "A008",
        "references begin with a known root",
        "Correct the reference; the value would be empty.",
        "warning",
    ),
    Rule(
        "A009",
        "parameters have values that are known to work",
        "Compare with the type's page in the Flow language.",
        "warning",
    ),
    Rule("T001", "every required error has a branch", "Add the branch, or the contact is dropped."),
    Rule("T002", "only errors the type can raise", "Remove the branch: it is never taken."),
    Rule("T003", "exactly the operands the type demands", "Give each demanded operand one branch."),
    Rule("T004", "at least one condition", "Add a condition, or the action decides nothing."),
    Rule("T005", "only operators the type knows", "Use an operator of the type's page."),
    Rule("T006", "a terminal action has no transitions", "Empty Transitions, or use another type."),
    Rule("T007", "NextAction is there", "Add Transitions.NextAction."),
    Rule("T008", "every branch leads to an action", "Correct the target, or add the action."),
    Rule("G001", "every action can be reached", "Connect the action, or remove it."),
    Rule("G002", "every action has a way to an end", "Lead the branch to an action that ends."),
    Rule(
        "G003",
        "no cycle without a Loop or the caller",
        "Put a Loop into the cycle: Connect goes round until the contact is cut off.",
    ),
    Rule(
        "G004",
        "a re-ask is bounded by a Loop",
        "Put a Loop between the branch and the question.",
        "warning",
    ),
    Rule("M001", "the designer knows every action", "Add Metadata.ActionMetadata.", "warning"),
)

RULES: dict[str, Rule] = {rule.code: rule for rule in _ALL}


def finding(code: str, action: str, message: str, level: Level | None = None) -> Finding:
    """A broken rule; the level is the rule's unless the case is milder."""
    rule = RULES[code]
    return Finding(code, action, message, rule.remedy, level or rule.level)
