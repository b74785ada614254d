"""A configuration page read as a project's configuration (F8), with every problem named at once."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from switchboard.events.project import ProjectConfiguredV1
from switchboard.ingress.domain.model import Page, notion_id
from switchboard.ingress.domain.triggers import (
    AGENT_TYPES,
    BRANCH_STRATEGIES,
    CHAIN_TEMPLATES,
    COMPLETION_VALUES,
    DEFAULT_BRANCH_STRATEGY,
    DEFAULT_CHAIN,
    DEFAULT_TRIGGERS,
)

DEFAULT_EXPIRY_DAYS = 7
MAX_STATUS = 100
_EXPIRY_DAYS = range(1, 31)
_PROJECT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")


class ConfigurationInvalidError(ValueError):
    """The page does not describe a project; the previous configuration stays in force."""

    def __init__(self, problems: list[str]) -> None:
        """Name all problems, one sentence each."""
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass
class _Reader:
    """Reads property after property and collects what is wrong with them."""

    page: Page
    problems: list[str] = field(default_factory=list)

    def project_id(self) -> str:
        title = self.page.title.strip()
        if not _PROJECT_ID.fullmatch(title):
            self.problems.append(
                "The page title is the project id: letters, digits, '.', '_', '-', at most 64."
            )
        return title

    def reference(self, name: str, *, required: bool = False) -> str | None:
        text = self.page.text(name)
        if not text and required:
            self.problems.append(f"{name} is empty; paste the id or the link of the database.")
        return notion_id(text) if text else None

    def repository(self) -> str:
        text = self.page.text("GitHub Repo").removeprefix("https://github.com/").strip("/")
        if not _REPOSITORY.fullmatch(text):
            self.problems.append(f"GitHub Repo {text!r} is not of the form owner/name.")
        return text

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.page.text(name) or default
        if value not in allowed:
            self.problems.append(f"{name} {value!r} is none of: {', '.join(allowed)}.")
        return value

    def dollars(self, name: str) -> Decimal:
        value = self.page.value(name)
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            amount = Decimal(0)
        if not amount.is_finite() or amount <= 0:
            self.problems.append(f"{name} must be a number of US dollars above 0.")
            return Decimal(0)
        return amount

    def expiry_days(self) -> int:
        value = self.page.value("Prototype Expiry Days")
        if value is None:
            return DEFAULT_EXPIRY_DAYS
        if value not in _EXPIRY_DAYS:
            self.problems.append("Prototype Expiry Days must be a whole number from 1 to 30.")
            return DEFAULT_EXPIRY_DAYS
        return int(value)

    def chain_steps(self, template: str) -> list[str]:
        if template != "custom":
            return []
        steps = [step.strip() for step in self.page.text("Chain Steps").split(",") if step.strip()]
        if not steps:
            self.problems.append("Chain is custom, but Chain Steps names no agents.")
        self._demand_agents("Chain Steps", steps)
        if twice := [step for step in dict.fromkeys(steps) if steps.count(step) > 1]:
            # A step is followed by the successor of its agent: an agent named twice is a cycle.
            self.problems.append(
                f"Chain Steps names {', '.join(twice)} twice: the chain would never end."
            )
        if "insight" in steps[1:]:
            self.problems.append(
                "Chain Steps lets insight follow another step, but people must give feedback first."
            )
        return steps

    def triggers(self) -> dict[str, str]:
        lines = [line.strip() for line in self.page.text("Triggers").splitlines() if line.strip()]
        if not lines:
            return dict(DEFAULT_TRIGGERS)
        found: dict[str, str] = {}
        for line in lines:
            trigger, separator, agent = (part.strip() for part in line.partition("="))
            if not separator or not trigger or not agent:
                self.problems.append(f"Triggers line {line!r} is not of the form Trigger = agent.")
            elif trigger in found:
                self.problems.append(f"Triggers names {trigger!r} twice.")
            else:
                found[trigger] = agent
        self._demand_agents("Triggers", list(found.values()))
        return found

    def _demand_agents(self, name: str, agents: list[str]) -> None:
        unknown = sorted(set(agents) - set(AGENT_TYPES))
        if unknown:
            self.problems.append(
                f"{name} names unknown agents {', '.join(unknown)}; "
                f"there are {', '.join(AGENT_TYPES)}."
            )

    def defect_status(self) -> str | None:
        """Select and status options: at most 100 characters, no comma (Notion API 2026-03-11)."""
        text = self.page.text("Defect Status")
        if len(text) > MAX_STATUS or "," in text or not text.isprintable():
            self.problems.append(
                f"Defect Status {text[:MAX_STATUS]!r} is no Status: one line of at most "
                f"{MAX_STATUS} characters without a comma."
            )
        return text or None

    def user_ids(self, name: str) -> list[str]:
        value = self.page.value(name)
        return (
            [item["id"] for item in value["people"]]
            if isinstance(value, dict) and "people" in value
            else []
        )

    def names(self, name: str) -> list[str]:
        value = self.page.value(name)
        return [str(item) for item in value] if isinstance(value, list) else []


def _triggers_do_not_loop(configuration: dict[str, Any]) -> str | None:
    looping = sorted(set(configuration["trigger_map"]) & set(COMPLETION_VALUES.values()))
    if looping:
        return f"{', '.join(looping)} is what a finished run writes; it cannot be a trigger (loop)."
    return None


def _defects_are_open(configuration: dict[str, Any]) -> str | None:
    status = configuration["defect_status"]
    if status in COMPLETION_VALUES.values():
        return f"Defect Status {status!r} is what a finished run writes; a new story is not done."
    return None


def _amounts_agree(configuration: dict[str, Any]) -> str | None:
    run, month = configuration["cost_limit_per_invocation"], configuration["cost_limit_per_month"]
    if 0 < month < run:
        return f"Cost Limit Per Invocation {run} is above Cost Limit Per Month {month}."
    return None


_RULES: tuple[Callable[[dict[str, Any]], str | None], ...] = (
    _triggers_do_not_loop,
    _defects_are_open,
    _amounts_agree,
)
"""What must hold between fields."""


def read_configuration(
    page: Page, workspace_id: str, known: ProjectConfiguredV1 | None, read_at: datetime
) -> ProjectConfiguredV1:
    """Read a configuration page.

    `read_at` becomes `updated_at`, which orders versions: the time *before* the page was read, so
    that a slow reader never overtakes a later one.

    Raises:
        ConfigurationInvalidError: names every problem of the page.
    """
    reader = _Reader(page)
    chain = reader.choice("Chain", CHAIN_TEMPLATES, DEFAULT_CHAIN)
    fields: dict[str, Any] = {
        "project_id": reader.project_id(),
        "workspace_id": workspace_id,
        "notion_database_id": reader.reference("Stories Database", required=True),
        "notion_data_source_id": reader.reference("Stories Data Source"),
        "notion_dashboard_data_source_id": reader.reference("Dashboard Data Source"),
        "github_repo": reader.repository(),
        "github_branch_strategy": reader.choice(
            "Branch Strategy", BRANCH_STRATEGIES, DEFAULT_BRANCH_STRATEGY
        ),
        "coding_standards": page.text("Coding Standards"),
        "framework_preferences": reader.names("Frameworks"),
        "agent_chain_template": chain,
        "chain_steps": reader.chain_steps(chain),
        "trigger_map": reader.triggers(),
        "prototype_expiry_days": reader.expiry_days(),
        "cost_limit_per_invocation": reader.dollars("Cost Limit Per Invocation"),
        "cost_limit_per_month": reader.dollars("Cost Limit Per Month"),
        "knowledge_base_id": page.text("Knowledge Base") or None,
        "owner_user_ids": reader.user_ids("Owners"),
        "defect_status": reader.defect_status(),
        "created_at": known.created_at if known else page.created_time,
        "updated_at": read_at,
    }
    problems = reader.problems + [problem for rule in _RULES if (problem := rule(fields))]
    if problems:
        raise ConfigurationInvalidError(problems)
    return ProjectConfiguredV1.model_validate(fields)
