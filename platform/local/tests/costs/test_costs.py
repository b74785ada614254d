"""The cost sheet: what is counted, what it adds up to, and that dev fits its budget."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from switchboard.constructs.environments import ENVIRONMENTS
from switchboard.local.checkout import ROOT
from switchboard.local.cli.main import app
from switchboard.local.costs import page
from switchboard.local.costs.at_rest import POLLS_PER_MONTH, at_rest, not_judged
from switchboard.local.costs.prices import Price, PriceTable, prices, workload
from switchboard.local.costs.sheet import (
    DEV_BUDGET_USD,
    AtRest,
    at_rest_sheet,
    in_use_sheet,
)
from switchboard.local.templates import synthesize_all

METRIC: dict[str, Any] = {"Id": "m", "MetricStat": {}}


def template(kind: str, **properties: Any) -> dict[str, Any]:
    queue = {"Queue": {"Type": "AWS::SQS::Queue"}, "Table": {"Type": "AWS::DynamoDB::Table"}}
    return {"Resources": {"Thing": {"Type": kind, "Properties": properties}, **queue}}


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, AtRest]:
    """The cheapest and the dearest environment at rest, from the templates as they are now."""
    found = {}
    for name in ("dev", "prod"):
        out = tmp_path_factory.mktemp(name)
        for _ in synthesize_all(out, name):
            pass
        templates = {
            path.name.removesuffix(".template.json"): json.loads(path.read_text())
            for path in out.glob("*/*.template.json")
        }
        found[name] = at_rest_sheet(name, templates, prices())
    return found


@pytest.mark.parametrize(
    ("kind", "properties", "counted"),
    [
        ("AWS::CloudWatch::Alarm", {"MetricName": "Errors"}, {"alarm-metric": 1}),
        (
            "AWS::CloudWatch::Alarm",
            {"Metrics": [METRIC, METRIC, {"Id": "e", "Expression": "m/m"}]},
            {"alarm-metric": 2},
        ),
        (
            "AWS::EC2::VPCEndpoint",
            {"VpcEndpointType": "Interface", "SubnetIds": ["a", "b"]},
            {"endpoint-zone": 2},
        ),
        ("AWS::EC2::VPCEndpoint", {"VpcEndpointType": "Gateway"}, {}),
        ("AWS::BedrockAgentCore::OAuth2CredentialProvider", {}, {"secret": 1}),
        (
            "AWS::BedrockAgentCore::ApiKeyCredentialProvider",
            {"ApiKeySecretSource": "EXTERNAL"},
            {},
        ),
        (
            "AWS::Lambda::EventSourceMapping",
            {"EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}},
            {"sqs-request": POLLS_PER_MONTH},
        ),
        (
            "AWS::Lambda::EventSourceMapping",
            {"EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]}},
            {},
        ),
        (
            "AWS::Events::Rule",
            {"ScheduleExpression": "rate(5 minutes)"},
            {"lambda-request": 8760, "lambda-gb-second": 2190},
        ),
        ("AWS::Events::Rule", {"ScheduleExpression": "rate(6 hours)", "State": "DISABLED"}, {}),
        ("AWS::Events::Rule", {"EventPattern": {}}, {}),
        ("AWS::KMS::Key", {}, {"kms-key": 1}),
        ("AWS::Lambda::Function", {}, {}),
    ],
)
def test_what_costs_money_at_rest_is_counted(
    kind: str, properties: dict[str, Any], counted: dict[str, int]
) -> None:
    assert dict(at_rest(template(kind, **properties))) == counted


def test_a_free_allowance_is_taken_off_once_for_all_stacks_together() -> None:
    alarms = PriceTable("t", {"alarm-metric": Price(Decimal(1), "", "", None, 3)}, frozenset())
    one = template("AWS::CloudWatch::Alarm")
    stacks = {f"switchboard-dev-{name}": one for name in ("a", "b", "c", "d", "voice")}

    sheet = at_rest_sheet("dev", stacks, alarms)

    assert (sheet.usd, sheet.desk_usd) == (2, 1)


def test_a_kind_of_resource_nobody_has_judged_is_named() -> None:
    unknown = template("AWS::RDS::DBInstance")

    assert not_judged(unknown, prices().at_rest_free) == {"AWS::RDS::DBInstance"}


def test_every_price_has_a_source_and_a_date_or_says_that_it_has_none() -> None:
    table = prices()

    for price in table.items.values():
        assert price.source
        assert price.per
        assert price.usd > 0
        assert price.read is None or date.fromisoformat(price.read)
    date.fromisoformat(table.version)


def test_a_thousand_stories_cost_their_lines_and_are_bounded_by_the_budget() -> None:
    units = workload()

    sheet = in_use_sheet("story", units["story"], prices())

    lines = [prices().items[line.item].usd * line.quantity for line in units["story"].lines]
    assert sheet.plumbing_usd == 1000 * sum(lines)
    assert sheet.unit.most_usd is not None
    assert sheet.model_usd < sheet.unit.most_usd * 1000


def test_dev_at_rest_fits_ten_dollars_a_month(sheets: dict[str, AtRest]) -> None:
    dev = sheets["dev"]

    assert DEV_BUDGET_USD == 10
    assert dev.usd <= DEV_BUDGET_USD
    assert dev.of("endpoint-zone") == dev.of("kms-key") == dev.of("nat-gateway") == 0


def test_the_desk_fits_the_ten_dollars_that_its_stack_declares_alarms_and_all(
    sheets: dict[str, AtRest],
) -> None:
    assert sheets["dev"].desk_usd <= DEV_BUDGET_USD


def test_every_kind_of_resource_in_the_templates_is_judged(sheets: dict[str, AtRest]) -> None:
    assert [sheet.not_judged for sheet in sheets.values()] == [(), ()]


def test_the_sheet_in_the_document_is_that_of_the_templates(sheets: dict[str, AtRest]) -> None:
    """To a twentieth: one alarm more is no reason to write it again."""
    text = (Path(ROOT) / "docs/costs.md").read_text()
    (line,) = re.findall(r"^\| \*\*all\*\* \|(.+)\|$", text, re.MULTILINE)

    cells = [float(cell.strip(" *")) for cell in line.split("|")]
    written = dict(zip(ENVIRONMENTS, cells, strict=True))

    for name, sheet in sheets.items():
        counted = float(sheet.usd)
        assert written[name] == pytest.approx(counted, rel=0.05), "hatch run costs --write"


def test_a_page_without_the_place_for_the_sheet_is_refused() -> None:
    with pytest.raises(page.PageWithoutPlaceError, match="hatch run costs --write"):
        page.placed("# What it costs\n", "| sheet |\n")


def test_the_sheet_is_put_between_its_comments_again_and_again() -> None:
    empty = f"before\n{page.BEGIN}\n{page.END}\nafter\n"

    once = page.placed(empty, "| sheet |\n")

    assert page.placed(once, "| sheet |\n") == once
    assert once.startswith("before\n")
    assert once.endswith("after\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--env", "moon"], "no environment moon"),
        (["--env", "dev", "--write"], "--write writes the whole sheet"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_is_synthesized(
    arguments: list[str], said: str
) -> None:
    result = CliRunner().invoke(app, ["costs", *arguments])

    assert result.exit_code == 1
    assert said in str(result.exception)
