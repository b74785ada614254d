"""The pages of a demo deck in Markdown, for readers who are no engineers."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from switchboard.local.playbooks.deck.background import background
from switchboard.local.playbooks.deck.wish import Wish, in_third_person, wish_of
from switchboard.local.playbooks.language import language_of
from switchboard.local.playbooks.prose import link, plain_in_markdown, shortened
from switchboard.local.playbooks.story import Story

PARTS = ("problem", "solution", "prototype", "ask")
MAX_SHOWN = 8
TO_TRY = 3
_GHERKIN = re.compile(r"(?<=, )(When|Then|And|But)\b")
_SYSTEM = re.compile(
    r"^(?:the )?(?:system|application|app|backend|api|service|software) "
    r"(?:must|shall|should|needs to|has to|will) ",
    re.IGNORECASE,
)


@cache
def _all_texts() -> dict[str, dict[str, str]]:
    text = files("switchboard.local.playbooks.deck").joinpath("texts.toml").read_text("utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True)
class Prototype:
    """What people click through."""

    url: str
    title: str
    expires_at: str = ""

    def day(self, form: str) -> str:
        """The last day it is there; empty when nobody has said."""
        try:
            return datetime.fromisoformat(self.expires_at).strftime(form)
        except ValueError:
            return ""


@dataclass(frozen=True)
class Slides:
    """Writes the pages for a story."""

    story: Story
    prototype: Prototype
    model_note: str

    @property
    def language(self) -> str:
        """The story's language."""
        return language_of(self.story.text)

    @property
    def texts(self) -> Mapping[str, str]:
        """The deck's words in that language."""
        return _all_texts()[self.language]

    @property
    def wish(self) -> Wish | None:
        """Who wants what, if the story says so in the usual form."""
        return wish_of(self.story.body, self.language)

    def title(self, part: str) -> str:
        """The title of a page: its part, the story, and the variant if there are several."""
        name = f"{self.texts[f'{part}_title']}: {self.story.title}"
        plain = f"Prototype: {self.story.title}"
        known = ("Prototype", plain, self.story.title)
        return name if self.prototype.title in known else f"{name} ({self.prototype.title})"

    def ask(self, database_url: str) -> str:
        """The call to action."""
        t = self.texts
        questions = (
            ("Desirability Rating", "desirability"),
            ("Clarity Rating", "clarity"),
            ("Top Concern", "concerns"),
            ("Would Use", "would_use"),
            ("Overall Rating", "overall"),
            ("Open Feedback", "open_feedback"),
        )
        return _page(
            self._part("ask"),
            f"**{link(t['answer'], database_url)}**",
            t["ask_intro"],
            f"## {t['how_to_answer']}",
            _numbered([t["step_open"], t["step_row"], t["step_fill"]]),
            f"## {t['questions']}",
            _bullets([f"**{name}**: {t[key]}" for name, key in questions]),
            t["honest"],
        )

    def try_it(self, next_url: str) -> str:
        """The prototype, before everything else."""
        t = self.texts
        day = self.prototype.day(t["day"])
        expires = t["expires"].format(day=day) if day else ""
        tasks = [plain_in_markdown(text) for text in self._changes()[:TO_TRY]]
        return _page(
            self._part("prototype"),
            f"**{link(t['open'], self.prototype.url)}**",
            f"{t['how']} {expires}".strip(),
            f"## {t['try']}",
            _numbered([*tasks, t["try_own"]]),
            f"## {t['unreal']}",
            t["unreal_text"],
            self._next("ask", next_url),
        )

    def solution(self, next_url: str) -> str:
        """What people can do afterwards."""
        t, wish = self.texts, self.wish
        changes = [plain_in_markdown(text) for text in self._changes()]
        goal = ""
        if wish and "can" in t:
            sentence = t["can" if wish.is_action else "gets"]
            want = plain_in_markdown(in_third_person(wish.want))
            goal = sentence.format(who=plain_in_markdown(wish.who), want=want)
        return _page(
            self._part("solution"),
            goal,
            f"## {t['changes']}",
            _bullets(changes),
            self._next("prototype", next_url),
        )

    def problem(self, next_url: str) -> str:
        """Who has the problem, what they want, and why."""
        told = [plain_in_markdown(text) for text in background(self.story.body, self.wish)]
        more = [f"## {self.texts['more']}", *told] if told and self.wish else told
        if not (self.wish or told):
            more = [self.texts["no_problem"]]
        return _page(
            self._part("problem"),
            *self._wished(),
            *more,
            self.texts["today"],
            self._next("solution", next_url),
        )

    def _wished(self) -> list[str]:
        t, wish = self.texts, self.wish
        if wish is None:
            return []
        if "who" not in t:
            return [f"## {t['words']}", f"> {plain_in_markdown(wish.sentence)}"]
        lines = [
            f"## {t['who']}",
            f"{_capital(plain_in_markdown(wish.who))}.",
            f"## {t['want']}",
            f"{_capital(plain_in_markdown(in_third_person(wish.want)))}.",
        ]
        if wish.why:
            why = plain_in_markdown(in_third_person(wish.why))
            lines += [f"## {t['why']}", f"{_capital(why)}."]
        return lines

    def first(self, urls: Mapping[str, str], database_url: str) -> str:
        """The page people open first; `urls` by part."""
        t = self.texts
        stops = [f"{link(t[f'{part}_title'], urls[part])}: {self._line(part)}" for part in PARTS]
        story = link(self.story.title, self.story.url) if self.story.url else ""
        return _page(
            f"**{link(t['open'], self.prototype.url)}**",
            t["intro"],
            _numbered(stops),
            f"**{link(t['answer'], database_url)}**",
            f"{t['story']}: {story}" if story else "",
            f"*{t['made'].format(model=self.model_note)}*",
        )

    def _line(self, part: str) -> str:
        t, wish = self.texts, self.wish
        if part != "problem" or wish is None or "wants" not in t:
            return t[f"{part}_line"]
        want = plain_in_markdown(in_third_person(wish.want))
        sentence = t["wants_to" if wish.is_action else "wants"]
        return sentence.format(who=plain_in_markdown(wish.who), want=want)

    def _changes(self) -> list[str]:
        """The criteria as readers may hear them."""
        told = [_GHERKIN.sub(lambda word: word[0].lower(), text) for text in self.story.criteria]
        told = [_SYSTEM.sub("It will ", text) for text in told]
        return [shortened(text, 240) for text in told[:MAX_SHOWN]]

    def _part(self, part: str) -> str:
        return f"*{self.texts['part'].format(number=PARTS.index(part) + 1)}*"

    def _next(self, part: str, url: str) -> str:
        return f"{self.texts['next']}: {link(self.texts[f'{part}_title'], url)}"


def _page(*blocks: str) -> str:
    return "\n\n".join(block for block in blocks if block) + "\n"


def _numbered(items: Sequence[str]) -> str:
    return "\n".join(f"{number}. {item}" for number, item in enumerate(items, start=1))


def _bullets(items: Sequence[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
