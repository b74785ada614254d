"""A prototype opens by its address, and by no other, until its time has passed."""

from datetime import UTC, datetime

import boto3
import pytest

from switchboard.local.prototypes.app import Prototypes

ID = "01KGM2T5D0J8Z6Q4XW9R3V7B1C"
EXPIRES = "2026-02-11T10:00:00+00:00"


@pytest.fixture
def bucket(aws: boto3.Session) -> str:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="prototypes")
    for key in (f"{ID}/index.html", "other/index.html"):
        s3.put_object(
            Bucket="prototypes",
            Key=key,
            Body=b"<h1>Returns</h1>",
            ContentType="text/html",
            Metadata={"expires-at": EXPIRES},
        )
    return "prototypes"


def at(moment: str, aws: boto3.Session, bucket: str) -> Prototypes:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return Prototypes(aws.client("s3"), lambda: bucket, clock=lambda: now)


def test_a_prototype_opens_by_its_folder_and_by_its_file(aws: boto3.Session, bucket: str) -> None:
    serve = at("2026-02-04T10:00", aws, bucket)

    answers = [serve(f"/{ID}/"), serve(f"/{ID}/index.html")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].body == b"<h1>Returns</h1>"
    assert answers[0].headers["content-type"].startswith("text/html")


def test_an_expired_prototype_says_so_at_once(aws: boto3.Session, bucket: str) -> None:
    answer = at("2026-02-11T10:00", aws, bucket)(f"/{ID}/index.html")

    assert answer.status_code == 410
    assert b"expired" in answer.body


@pytest.mark.parametrize(
    "path", ["/", f"/{ID}", f"/{ID}/../other/index.html", f"/{ID}/%2e%2e/other/index.html"]
)
def test_nothing_is_reached_but_a_file_inside_a_prototype(
    aws: boto3.Session, bucket: str, path: str
) -> None:
    assert at("2026-02-04T10:00", aws, bucket)(path).status_code in {403, 404}


def test_a_file_that_does_not_exist_is_forbidden_like_any_other(
    aws: boto3.Session, bucket: str
) -> None:
    assert at("2026-02-04T10:00", aws, bucket)(f"/{ID}/secret.html").status_code == 403
