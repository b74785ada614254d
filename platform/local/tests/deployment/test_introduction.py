import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from switchboard.local.deployment.introduction import Introduction, IntroductionError
from switchboard.local.home import Home

PROJECT = "proj-demo"


class Secrets:
    """Keeps what was put."""

    values = None

    def put(self, values):
        self.values = values


@pytest.fixture
def notion() -> Iterator[SimpleNamespace]:
    """A Notion stand-in that keeps what its doors were asked, and does `then` on a touch."""
    asked = SimpleNamespace(doors=[], then=lambda: None, url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.doors.append((self.path, body))
            if self.path.endswith("touch"):
                asked.then()
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        asked.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield asked
        server.shutdown()


@pytest.fixture
def parts(aws, tmp_path, notion):
    ssm, dynamodb = aws.client("ssm"), aws.client("dynamodb")
    for name, value in {
        "ingress/api/url": "https://ab12.execute-api.us-east-1.amazonaws.com/dev/",
        "orchestrator/table/name": "orchestrator",
    }.items():
        ssm.put_parameter(Name=f"/switchboard/dev/{name}", Value=value, Type="String")
    keys = (("pk", "HASH"), ("sk", "RANGE"))
    dynamodb.create_table(
        TableName="orchestrator",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": k, "AttributeType": "S"} for k, _ in keys],
        KeySchema=[{"AttributeName": k, "KeyType": kind} for k, kind in keys],
    )
    home = Home(tmp_path)
    home.notion_workspace.parent.mkdir()
    home.github_app.parent.mkdir()
    workspace = {"token": "t", "project_id": PROJECT, "project_page_id": "page"}
    home.notion_workspace.write_text(json.dumps(workspace))
    home.github_app.write_text(json.dumps({"app_id": "1", "private_key": "pem"}))

    def learn():
        item = {"pk": {"S": f"PROJECT#{PROJECT}"}, "sk": {"S": "CONFIG"}}
        dynamodb.put_item(TableName="orchestrator", Item=item)

    ticks = iter(range(10_000))
    introduction = Introduction(
        home, notion.url, "dev", ssm, dynamodb, Secrets(), lambda: next(ticks), lambda _: None
    )
    return SimpleNamespace(introduction=introduction, learn=learn, notion=notion)


def _introduce(parts, *, fresh):
    return parts.introduction.introduce(lambda _url: "http://local", print, fresh=fresh)


def test_ingress_and_notion_get_the_same_token_whenever_they_are_introduced(parts):
    parts.learn()

    assert _introduce(parts, fresh=False) == "http://local/webhook/notion"
    _introduce(parts, fresh=False)

    tokens = {body["verification_token"] for _path, body in parts.notion.doors}
    values = parts.introduction.secrets.values
    assert tokens == {values.webhook["verification_token"]}
    assert (values.notion_token, values.github_app["app_id"]) == ("t", "1")
    assert {path for path, _body in parts.notion.doors} == {"/_local/subscribe"}


def test_a_project_nobody_knows_is_announced_and_waited_for(parts):
    parts.notion.then = parts.learn

    _introduce(parts, fresh=False)

    assert parts.notion.doors[-1] == ("/_local/touch", {"page_id": "page"})


def test_a_project_is_found_in_a_table_larger_than_one_page_of_a_scan(parts):
    for number in range(8):
        key = {"pk": {"S": f"INVOCATION#{number}"}, "sk": {"S": "RUN"}}
        item = {**key, "text": {"S": "x" * 300_000}}
        parts.introduction.dynamodb.put_item(TableName="orchestrator", Item=item)
    parts.learn()

    _introduce(parts, fresh=False)

    assert [path for path, _body in parts.notion.doors] == ["/_local/subscribe"]


def test_new_stacks_hear_of_the_project_again(parts):
    parts.learn()

    _introduce(parts, fresh=True)

    assert [path for path, _body in parts.notion.doors] == ["/_local/subscribe", "/_local/touch"]


def test_a_project_that_does_not_arrive_says_where_to_look(parts):
    with pytest.raises(IntroductionError, match=r"proj-demo did not reach.*engine.log"):
        _introduce(parts, fresh=False)


def test_a_stand_in_that_did_not_start_is_named(parts):
    parts.introduction.home.github_app.unlink()

    with pytest.raises(IntroductionError, match=r"app.json is not there.*serve.log"):
        _introduce(parts, fresh=False)


def test_a_value_that_no_stack_published_is_named(parts):
    parts.introduction.ssm.delete_parameter(Name="/switchboard/dev/ingress/api/url")

    with pytest.raises(IntroductionError, match="/switchboard/dev/ingress/api/url"):
        _introduce(parts, fresh=False)
