"""What the README says of rules and effects is what the code has."""

from pathlib import Path

from switchboard.contact_flows.interpreter import effects
from switchboard.contact_flows.interpreter.effects import Effect
from switchboard.contact_flows.linter.finding import RULES

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_every_rule_is_listed_with_what_it_demands() -> None:
    for rule in RULES.values():
        assert f"| {rule.code} | {rule.level} | {rule.demands} | {rule.remedy} |" in README


def test_every_effect_is_listed() -> None:
    kinds = [kind for kind in vars(effects).values() if isinstance(kind, type)]
    names = {kind.__name__ for kind in kinds if issubclass(kind, Effect) and kind is not Effect}

    assert names == {name for name in names if f"`{name}`" in README}
