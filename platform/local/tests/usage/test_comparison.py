import json

import pytest

from switchboard.local.usage.comparison import compare
from switchboard.local.usage.excuses import ExcusesError, Pair, read_excuses
from switchboard.local.usage.grants import Grant
from switchboard.local.usage.journal import JournalMissingError, read_uses, uses_of

ROLE = "shop/Worker/Role"
TABLE = "arn:aws:dynamodb:us-east-1:111122223333:table/orders"
LABELS = {"worker-1": ROLE}


def grant(*actions, on=(TABLE,), number=0, **condition):
    return Grant(ROLE, "Policy", number, actions, on, condition)


def judged(grants, *needs, excuses=(), whole=True, role="worker-1", app=""):
    uses = uses_of([{"role": role, "app": app, "needs": needs}])
    return compare(grants, uses, LABELS, excuses, whole=whole)


def test_a_run_that_uses_what_is_granted_and_no_more_passes():
    report = judged([grant("dynamodb:GetItem")], ["dynamodb:GetItem", TABLE])

    assert report.passed
    assert [(g.what, g.calls, g.state) for g in report.granted] == [
        (TABLE, 1, "used"),
        ("dynamodb:GetItem", 1, "used"),
    ]


@pytest.mark.parametrize(
    ("need", "why"),
    [
        (["dynamodb:PutItem", TABLE], "the action is not granted"),
        (["dynamodb:GetItem", f"{TABLE}/index/by_due"], "granted on other resources"),
        (
            ["dynamodb:GetItem", TABLE.replace("111122223333", "999999999999")],
            "granted on other resources",
        ),
    ],
)
def test_a_call_without_a_grant_is_missing_and_fails_even_a_part_of_the_run(need, why):
    report = judged([grant("dynamodb:GetItem")], need, need, whole=False)

    assert not report.passed
    assert [(m.role, m.action, m.calls, m.why) for m in report.missing] == [(ROLE, need[0], 2, why)]


def test_a_grant_taken_out_of_a_template_is_missing_and_one_too_many_is_unused():
    needs = (["dynamodb:GetItem", TABLE], ["dynamodb:PutItem", TABLE])
    right = [grant("dynamodb:GetItem", "dynamodb:PutItem")]
    assert judged(right, *needs).passed

    taken = judged([grant("dynamodb:GetItem")], *needs)
    more = judged([*right, grant("dynamodb:DeleteItem", number=1)], *needs)

    assert [item.action for item in taken.missing] == ["dynamodb:PutItem"]
    assert [item.what for item in more.unused] == ["dynamodb:DeleteItem"]
    assert not taken.passed
    assert not more.passed


def test_a_grant_under_a_condition_covers_only_calls_that_meet_it():
    only_services = grant("s3:GetObject", on=("*",), Bool={"aws:ViaAWSService": "true"})

    direct = judged([only_services], ["s3:GetObject", "arn:aws:s3:::b/k"])
    via = judged([only_services], ["s3:GetObject", "", {"aws:ViaAWSService": "true"}])

    assert [item.why for item in direct.missing] == ["granted under another condition"]
    assert via.passed


def test_a_call_of_a_role_without_grants_or_of_no_role_at_all_is_missing():
    unknown = judged([], ["sqs:SendMessage", "arn:q"], role="stranger")
    nobody = judged([], ["sqs:SendMessage", "arn:q"], role="", app="switchboard-x")

    assert [(m.role, m.why) for m in unknown.missing] == [
        ("stranger", "no template grants this role anything")
    ]
    assert [(m.role, m.why) for m in nobody.missing] == [
        ("(no role: switchboard-x)", "the call named no role")
    ]


def test_a_part_of_the_run_calls_no_grant_unused_and_no_excuse_stale():
    excuse = Pair("nobody", "a:B", "a reason of some length")

    report = judged([grant("dynamodb:GetItem")], excuses=[excuse], whole=False)

    assert report.passed
    assert len(report.unused) == 1


def test_a_resource_too_many_in_a_statement_that_is_used_is_unused_and_can_be_excused():
    two = [grant("dynamodb:GetItem", on=(TABLE, "arn:other"))]
    excuse = Pair("shop/*", "arn:o*", "only AWS reaches that one")

    report = judged(two, ["dynamodb:GetItem", TABLE])

    assert [item.what for item in report.unused] == ["arn:other"]
    assert judged(two, ["dynamodb:GetItem", TABLE], excuses=[excuse]).passed
    # A call that names no resource may have meant either.
    assert judged(two, ["dynamodb:GetItem", ""]).passed


def test_an_excused_grant_passes_with_its_reason():
    excuse = Pair("shop/*", "DYNAMODB:Get*", "only AWS does it, after a failure")

    report = judged([grant("dynamodb:GetItem")], excuses=[excuse])

    assert report.passed
    assert report.granted[0].excuse == "only AWS does it, after a failure"


@pytest.mark.parametrize(
    "excuse",
    [
        Pair("shop/*", "dynamodb:GetItem", "it is used after all"),
        Pair("x/*", "a:B", "no such grant"),
    ],
)
def test_an_excuse_that_excuses_nothing_fails(excuse):
    report = judged([grant("dynamodb:GetItem")], ["dynamodb:GetItem", TABLE], excuses=[excuse])

    assert not report.passed
    assert report.stale == [excuse]
    assert json.loads(json.dumps(report.as_dict()))["stale"][0]["what"] == excuse.what


def test_an_excuse_for_what_happens_sometimes_is_true_in_a_run_that_does_it_too():
    excuse = Pair("shop/*", "dynamodb:GetItem", "after a failure only", sometimes=True)

    assert judged([grant("dynamodb:GetItem")], excuses=[excuse]).passed
    assert judged([grant("dynamodb:GetItem")], ["dynamodb:GetItem", TABLE], excuses=[excuse]).passed
    assert judged([grant("sqs:SendMessage")], excuses=[excuse]).stale == [excuse]


def test_the_file_of_excuses_gives_every_pair_its_reason(tmp_path):
    path = tmp_path / "excuses.toml"
    path.write_text(
        '[[excuse]]\nroles = ["a", "b"]\nactions = ["x:Y"]\nreason = "AWS does it by itself"\n'
    )

    assert read_excuses(path).here == [
        Pair(role, "x:Y", "AWS does it by itself") for role in ("a", "b")
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[[excuse]]\nroles = ["a"]\nactions = ["x:Y"]\n',
        '[[excuse]]\nroles = ["a"]\nreason = "a reason of some length"\n',
        "[[excuse]\n",
        "surprise = 1\n",
    ],
)
def test_an_excuse_without_a_reason_or_of_another_shape_is_refused(tmp_path, text):
    path = tmp_path / "excuses.toml"
    path.write_text(text)

    with pytest.raises(ExcusesError, match=r"excuses\.toml"):
        read_excuses(path)


def test_without_a_journal_it_is_said_how_to_get_one(tmp_path):
    with pytest.raises(JournalMissingError, match="no journal") as caught:
        read_uses(tmp_path / "aws.jsonl")

    assert "flow tests" in caught.value.remedy
