"""The whole way of a sync through the Lambdas: door, table, queue, Notion, knowledge base."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from switchboard.events.envelope import utc_now
from switchboard.ingress import handler
from switchboard.ingress.adapters.bedrock import document_id


@dataclass
class Bedrock:
    """The documents that bedrock-agent was sent; `failures` are answered first."""

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: list[tuple[int, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any, str]:
        self.asked.append(path.rpartition("/")[2])
        assert path.startswith("/knowledgebases/KB12345678/datasources/DS12345678/documents")
        if self.failures:
            status, code = self.failures.pop(0)
            return status, {"message": "no"}, code
        if method == "PUT":
            names = [self._put(item) for item in body["documents"]]
            return 202, _details(names, "STARTING"), ""
        names = [item["custom"]["id"] for item in body["documentIdentifiers"]]
        if path.endswith("/deleteDocuments"):
            for name in names:
                self.documents.pop(name, None)
            return 202, _details(names, "DELETING"), ""
        found = "INDEXED" if names[0] in self.documents else "NOT_FOUND"
        return 200, _details(names, found), ""

    def _put(self, item: dict[str, Any]) -> str:
        custom = item["content"]["custom"]
        name: str = custom["customDocumentIdentifier"]["id"]
        attributes = item["metadata"]["inlineAttributes"]
        self.documents[name] = {
            "text": custom["inlineContent"]["textContent"]["data"],
            **{entry["key"]: entry["value"]["stringValue"] for entry in attributes},
        }
        return name


def _details(names: list[str], status: str) -> dict[str, Any]:
    where = {"knowledgeBaseId": "KB12345678", "dataSourceId": "DS12345678"}
    return {
        "documentDetails": [
            {
                **where,
                "status": status,
                "identifier": {"dataSourceType": "CUSTOM", "custom": {"id": name}},
            }
            for name in names
        ]
    }


@pytest.fixture
def bedrock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bedrock]:
    """A bedrock-agent on a free port of this machine."""
    served = Bedrock()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self._answer("PUT")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer, code = served.answer(method, self.path, body)
            raw = json.dumps(answer).encode()
            self.send_response(status)
            if code:
                self.send_header("x-amzn-ErrorType", code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Keep the test output quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_AGENT", f"http://127.0.0.1:{http.server_port}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    thread = Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    yield served
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def synced(account: Any, notion: Any, bedrock: Bedrock, make: Any) -> Iterator[Any]:
    """A configured project with a knowledge base; answers the account."""
    notion.pages[make.config_page] = make.config(**{"Knowledge Base": make.rich("KB12345678")})
    notion.pages[make.page] = make.story()
    notion.bodies[make.page] = "As a PM I see a preview."
    _tell(make, page=make.config_page)
    yield account
    for start in (handler._worker, handler._sync_worker):
        if start.cache_info().currsize:
            _close(start())


def _close(consumer: Any) -> None:
    """End the process in good order: the Notion client's connections are closed."""
    work = getattr(consumer, "_work", None)
    if work is not None:
        work.visit.source._notion.connection.close()


def _tell(make: Any, page: str, **changes: Any) -> None:
    """A change of a page, from the webhook to the end of the worker."""
    body = make.notion_body(page, timestamp=utc_now().isoformat(), **changes)
    raw = json.dumps(body)
    request = {"body": raw, "headers": {"X-Notion-Signature": make.sign(raw.encode())}}
    assert handler.webhook(request, None)["statusCode"] == 200


def _deliver(synced: Any) -> None:
    """Hand every kept change over to the worker, as bus and queue would."""
    for detail in synced.outbox("ContentChanged.v1"):
        body = {"detail-type": "ContentChanged.v1", "detail": detail}
        handler.worker({"Records": [_record(json.dumps(body))]}, None)


def _work(synced: Any) -> int:
    """Hand the sync queue's messages over until there are none."""
    sqs, handled = synced.session.client("sqs"), 0
    while messages := sqs.receive_message(
        QueueUrl=synced.sync_queue_url, MaxNumberOfMessages=10
    ).get("Messages"):
        for message in messages:
            answer = handler.sync_worker({"Records": [_record(message["Body"])]}, None)
            assert answer == {"batchItemFailures": []}
            sqs.delete_message(
                QueueUrl=synced.sync_queue_url, ReceiptHandle=message["ReceiptHandle"]
            )
            handled += 1
    return handled


def _record(body: str) -> dict[str, Any]:
    return {
        "messageId": "m",
        "receiptHandle": "r",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
    }


def _ask(resource: str, body: Any = None, **changes: Any) -> Any:
    answer = handler.sync({"resource": resource, "body": json.dumps(body), **changes}, None)
    return json.loads(answer["body"])


def _status(job_id: str) -> Any:
    return _ask("/sync/status/{job_id}", pathParameters={"job_id": job_id})


def test_a_page_goes_from_the_door_into_the_knowledge_base_and_once_only(
    synced: Any, bedrock: Bedrock, make: Any
) -> None:
    _deliver(synced)
    request = {"page_id": make.page, "project_id": "proj-demo"}

    first = _ask("/sync/page", request)["job_id"]
    _work(synced)
    second = _ask("/sync/page", request)["job_id"]
    _work(synced)

    assert _status(first)["progress"]["changed"] == 1
    assert _status(second)["progress"]["unchanged"] == 1
    document = bedrock.documents[document_id("proj-demo", make.page)]
    assert document["text"].startswith("# Preview the dashboard\n- Status: Generate Code")
    assert document["text"].endswith("As a PM I see a preview.")
    assert document["project_id"] == "proj-demo"
    assert document["page_type"] == "user_story"
    assert document["last_edited_at"] == "2026-11-20T09:59:00+00:00"


def test_a_webhook_of_a_synced_page_syncs_it_and_one_of_its_removal_takes_it_out(
    synced: Any, bedrock: Bedrock, notion: Any, make: Any
) -> None:
    _deliver(synced)
    _ask("/sync/page", {"page_id": make.page, "project_id": "proj-demo"})
    _work(synced)
    notion.bodies[make.page] = "As a PM I see a new preview."
    notion.pages[make.page] = make.story(last_edited_time="2099-01-01T00:00:00.000Z")

    _tell(make, make.page, type="page.content_updated", id="event-2")
    _deliver(synced)
    _work(synced)
    edited = bedrock.documents[document_id("proj-demo", make.page)]["text"]
    notion.pages[make.page] = make.story(in_trash=True)
    _tell(make, make.page, type="page.deleted", id="event-3")
    _deliver(synced)
    _work(synced)

    assert edited.endswith("new preview.")
    assert bedrock.documents == {}


def test_a_document_that_is_refused_is_a_failed_page_with_the_reason(
    synced: Any, bedrock: Bedrock, make: Any
) -> None:
    _deliver(synced)
    bedrock.failures = [(400, "ValidationException")]

    job_id = _ask("/sync/page", {"page_id": make.page, "project_id": "proj-demo"})["job_id"]
    _work(synced)

    (failure,) = _status(job_id)["failures"]
    assert failure["code"] == "KNOWLEDGE_BASE_REFUSED"
    assert "ValidationException" in failure["reason"]


def test_a_throttled_knowledge_base_is_tried_again_by_the_queue(
    synced: Any, bedrock: Bedrock, make: Any
) -> None:
    _deliver(synced)
    bedrock.failures = [(429, "ThrottlingException")]
    _ask("/sync/page", {"page_id": make.page, "project_id": "proj-demo"})
    (message,) = synced.session.client("sqs").receive_message(QueueUrl=synced.sync_queue_url)[
        "Messages"
    ]
    record = _record(message["Body"]) | {"receiptHandle": message["ReceiptHandle"]}

    first = handler.sync_worker({"Records": [record]}, None)
    second = handler.sync_worker({"Records": [record]}, None)

    assert first == {"batchItemFailures": [{"itemIdentifier": "m"}]}
    assert second == {"batchItemFailures": []}
    assert len(bedrock.documents) == 1


def test_the_schedule_s_message_syncs_what_is_kept_in_sync(
    synced: Any, bedrock: Bedrock, make: Any
) -> None:
    _deliver(synced)
    _ask("/sync/page", {"page_id": make.page, "project_id": "proj-demo"})
    _work(synced)

    scheduled = json.dumps({"scheduled": "2026-11-20T12:00:00Z"})
    handler.sync_worker({"Records": [_record(scheduled)]}, None)

    assert _work(synced) == 1
