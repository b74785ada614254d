"""Many callers at once, each with one of a mix of things to say; and whether nothing was lost."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from switchboard.local.connect.client import Caller, CallRefusedError, Desk
from switchboard.local.desk_loop import answer_to

PROBLEMS = (
    "my laptop does not start since this morning",
    "the printer on the second floor prints blank pages",
    "I forgot my password and my account is locked",
    "I need access to the sales folder for a colleague",
    "the export button of the shop does nothing when I press it",
)
MOST_TURNS = 8
Script = Callable[[Caller, str], None]
"""What a caller does, given the problem that is theirs."""


def opens_a_ticket(caller: Caller, problem: str) -> None:
    """Tell it, agree, note the number, say goodbye."""
    caller.say(problem)
    for _ in range(MOST_TURNS):
        if caller.is_over:
            return
        caller.say(answer_to(caller.turns[-1].text, problem))


def asks_again(caller: Caller, problem: str) -> None:
    """Open a ticket, ask about it in the same call, hang up."""
    caller.say(problem)
    caller.say("yes please")
    if not caller.is_over:
        caller.say("what is the status of my ticket")


def adds_a_comment(caller: Caller, problem: str) -> None:
    """Open a ticket, add a word to it, hang up."""
    caller.say(problem)
    caller.say("yes please")
    if not caller.is_over:
        caller.say("please add to my ticket that it is urgent for the afternoon")


def wants_a_person(caller: Caller, _problem: str) -> None:
    """Ask for a person at once."""
    caller.say("I want to speak to a person")


def says_nothing(caller: Caller, _problem: str) -> None:
    """Be silent until the keypad, then ask for a person by key."""
    while caller.waiting_for == "speech":
        caller.silence()
    if caller.waiting_for == "keys":
        caller.keys("1")


def hangs_up(caller: Caller, problem: str) -> None:
    """Say what is wrong and hang up before anything is agreed."""
    caller.say(problem)


MIX: tuple[tuple[Script, int], ...] = (
    (opens_a_ticket, 5),
    (asks_again, 2),
    (adds_a_comment, 1),
    (wants_a_person, 1),
    (says_nothing, 1),
    (hangs_up, 1),
)
"""Scripts and how often each comes in a round."""


@dataclass
class CallResult:
    """One call: who rang, what was opened, what was heard, how long the platform took a turn."""

    caller: str
    script: str
    tickets: list[str] = field(default_factory=list)
    heard: bool = True
    """Whether every number opened in this call was read out in it."""
    milliseconds: list[tuple[bool, float]] = field(default_factory=list)
    """Of each turn: whether a tool was called, and the platform's share."""
    problem: str = ""


@dataclass
class LoadResult:
    """All calls of a run."""

    calls: list[CallResult]
    seconds: float

    @property
    def tickets(self) -> list[str]:
        """Every number that was opened."""
        return [number for call in self.calls for number in call.tickets]

    @property
    def duplicates(self) -> list[str]:
        """Numbers given to more than one call."""
        return sorted(number for number, times in Counter(self.tickets).items() if times > 1)

    @property
    def unheard(self) -> list[CallResult]:
        """Calls whose caller did not hear the number of a ticket that was opened."""
        return [call for call in self.calls if not call.heard]

    @property
    def problems(self) -> list[CallResult]:
        """Calls that went wrong altogether."""
        return [call for call in self.calls if call.problem]

    def turns(self, *, with_tool: bool) -> list[float]:
        """The platform's share of the turns, in milliseconds."""
        return [ms for call in self.calls for tool, ms in call.milliseconds if tool is with_tool]


def scripts() -> Iterator[Script]:
    """The mix, again and again."""
    round_ = [script for script, times in MIX for _ in range(times)]
    while True:
        yield from round_


def place_calls(
    desk: Desk, count: int, at_once: int, progress: Callable[[int], None], prefix: str
) -> LoadResult:
    """Place `count` calls, `at_once` at a time; every caller is somebody else."""
    chosen = scripts()
    plan = [(f"{prefix}-{n:04d}", next(chosen), PROBLEMS[n % len(PROBLEMS)]) for n in range(count)]
    done: list[CallResult] = []
    start = time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        for result in pool.map(lambda item: _call(desk, *item), plan):
            done.append(result)
            progress(len(done))
    return LoadResult(done, time.monotonic() - start)


def _call(desk: Desk, name: str, script: Script, problem: str) -> CallResult:
    result = CallResult(name, script.__name__)
    try:
        with desk.ring(name) as caller:
            script(caller, problem)
    except CallRefusedError as error:
        result.problem = f"{error.code}: {error}"
        return result
    result.tickets = list(caller.tickets)
    result.heard = all(spoken(number) in " ".join(caller.heard) for number in result.tickets)
    result.milliseconds = [(bool(turn.tools), turn.platform_ms) for turn in caller.turns]
    return result


def lost(load: LoadResult, owner: Callable[[str], str | None]) -> Iterator[str]:
    """Numbers a caller heard that the ticket system does not know as that caller's.

    Args:
        load: the calls.
        owner: whose ticket a number is; None when there is none of that number.
    """
    for call in load.calls:
        yield from (number for number in call.tickets if owner(number) != call.caller)


def spoken(number: str) -> str:
    """How the desk reads a number out."""
    digits = number.removeprefix("INC")
    return f"I N C, {' '.join(digits[:4])}, {' '.join(digits[4:])}"
