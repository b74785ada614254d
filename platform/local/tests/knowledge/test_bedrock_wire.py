"""boto3's own clients against the knowledge stand-in."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from switchboard.local.knowledge.index import Index

DISCOUNT = "# Discount codes\n\nAt checkout a customer may enter one code, like SAVE10."
RETURNS = "# Returns\n\nA parcel that came back is refunded within five days."


def code_of(caught: Any) -> str:
    code: str = caught.value.response["Error"]["Code"]
    return code


@pytest.fixture
def filled(standin: Any) -> Any:
    standin.put("a", DISCOUNT, project_id="one", page_type="design", points=3, done=False)
    standin.put("b", RETURNS, project_id="one", page_type="user_story", points=8, done=True)
    standin.put("c", DISCOUNT, project_id="two")
    return standin


def test_a_document_is_taken_at_once_and_indexed_by_the_time_somebody_asks(standin: Any) -> None:
    agent = standin.client("bedrock-agent")

    (taken,) = standin.put("a", DISCOUNT)["documentDetails"]
    identifiers = [{"dataSourceType": "CUSTOM", "custom": {"id": name}} for name in ("a", "x")]
    asked = agent.get_knowledge_base_documents(**standin.where, documentIdentifiers=identifiers)

    assert (taken["status"], taken["identifier"]["custom"]["id"]) == ("STARTING", "a")
    assert [item["status"] for item in asked["documentDetails"]] == ["INDEXED", "NOT_FOUND"]
    assert asked["documentDetails"][0]["updatedAt"].isoformat() == "2026-11-20T10:00:00+00:00"


def test_a_document_under_the_same_id_replaces_itself(standin: Any) -> None:
    standin.put("a", DISCOUNT)
    standin.put("a", RETURNS)
    agent = standin.client("bedrock-agent")

    listed = agent.list_knowledge_base_documents(**standin.where)["documentDetails"]

    assert [item["identifier"]["custom"]["id"] for item in listed] == ["a"]
    assert standin.found("discount") == []
    assert standin.found("refund") == ["a"]


def test_a_deleted_document_is_found_no_more(filled: Any) -> None:
    agent = filled.client("bedrock-agent")
    names = [{"dataSourceType": "CUSTOM", "custom": {"id": name}} for name in ("a", "x")]

    gone = agent.delete_knowledge_base_documents(**filled.where, documentIdentifiers=names)

    assert [item["status"] for item in gone["documentDetails"]] == ["DELETING", "NOT_FOUND"]
    assert filled.found("discount") == ["c"]


def test_words_are_found_in_other_forms_and_the_best_passage_comes_first(filled: Any) -> None:
    best, *_ = filled.search("how are returned parcels refunded?")

    assert best["location"] == {"type": "CUSTOM", "customDocumentLocation": {"id": "b"}}
    assert best["content"]["text"] == RETURNS
    assert best["metadata"]["page_type"] == "user_story"
    assert 0 < best["score"] < 1


def test_scores_fall_from_the_best_hit_on(standin: Any) -> None:
    standin.put("many", "returns returns returns parcel refund")
    standin.put("few", "a parcel, among much else that is said here about checkout and carts")
    standin.put("none", "weather")

    scores = [item["score"] for item in standin.search("returns parcel refund")]

    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)


def test_a_long_document_is_found_by_the_passage_that_says_it(standin: Any) -> None:
    filling = "\n\n".join(f"Paragraph {number} about the weather. " * 10 for number in range(50))
    standin.put("long", f"{filling}\n\nThe secret ingredient is cardamom.\n\n{filling}")

    (hit, *_) = standin.search("cardamom")

    assert "cardamom" in hit["content"]["text"]
    assert len(hit["content"]["text"]) <= 1_200


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"equals": {"key": "project_id", "value": "one"}}, ["a", "b"]),
        ({"notEquals": {"key": "project_id", "value": "one"}}, ["c"]),
        ({"in": {"key": "page_type", "value": ["design", "epic"]}}, ["a"]),
        ({"notIn": {"key": "page_type", "value": ["design"]}}, ["b", "c"]),
        ({"greaterThan": {"key": "points", "value": 3}}, ["b"]),
        ({"greaterThanOrEquals": {"key": "points", "value": 3}}, ["a", "b"]),
        ({"lessThan": {"key": "points", "value": "8"}}, []),
        ({"equals": {"key": "done", "value": True}}, ["b"]),
        (
            {
                "andAll": [
                    {"equals": {"key": "project_id", "value": "one"}},
                    {
                        "orAll": [
                            {"lessThanOrEquals": {"key": "points", "value": 3}},
                            {"equals": {"key": "page_type", "value": "epic"}},
                        ]
                    },
                ]
            },
            ["a"],
        ),
    ],
)
def test_hits_are_filtered_by_metadata(filled: Any, wanted: Any, found: list[str]) -> None:
    assert sorted(filled.found("checkout parcel", filter=wanted)) == found


def test_the_number_of_hits_is_that_after_filtering(filled: Any) -> None:
    only_two = {"equals": {"key": "project_id", "value": "two"}}

    assert filled.found("discount", filter=only_two, numberOfResults=1) == ["c"]


@pytest.mark.parametrize(
    "query", ['"', "AND OR NOT", "a* NEAR(b)", "checkout) OR (1=1", "'; DROP TABLE documents;--"]
)
def test_a_question_is_words_and_never_a_query_language(filled: Any, query: str) -> None:
    filled.search(query)

    assert filled.found("discount") != []


def test_a_question_without_words_finds_nothing(filled: Any) -> None:
    assert filled.found("?!") == []


@pytest.mark.parametrize(
    "search",
    [
        {"filter": {"startsWith": {"key": "project_id", "value": "o"}}},
        {"filter": {"listContains": {"key": "project_id", "value": "o"}}},
        {"overrideSearchType": "HYBRID"},
        {"numberOfResults": 101},
    ],
)
def test_what_s3_vectors_cannot_do_is_refused_here_too(filled: Any, search: Any) -> None:
    with pytest.raises(ClientError) as caught:
        filled.found("discount", **search)

    assert code_of(caught) == "ValidationException"


def test_a_base_or_source_that_is_not_deployed_is_not_found(standin: Any) -> None:
    standin.source = "DSBBBBBBBB"
    with pytest.raises(ClientError) as no_source:
        standin.put("a", DISCOUNT)
    standin.base = "KBBBBBBBBB"
    with pytest.raises(ClientError) as no_base:
        standin.found("x")

    assert code_of(no_source) == code_of(no_base) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "document",
    [
        {"content": {"dataSourceType": "S3", "s3": {"s3Location": {"uri": "s3://bucket/key"}}}},
        {
            "content": {
                "dataSourceType": "CUSTOM",
                "custom": {
                    "customDocumentIdentifier": {"id": "a"},
                    "sourceType": "S3_LOCATION",
                    "s3Location": {"uri": "s3://bucket/key"},
                },
            }
        },
    ],
)
def test_only_inline_documents_of_the_custom_kind_are_taken(standin: Any, document: Any) -> None:
    agent = standin.client("bedrock-agent")

    with pytest.raises(ClientError) as caught:
        agent.ingest_knowledge_base_documents(**standin.where, documents=[document])

    assert code_of(caught) == "ValidationException"


def test_more_than_ten_documents_or_two_kilobytes_of_metadata_are_refused(standin: Any) -> None:
    agent = standin.client("bedrock-agent")
    names = [{"dataSourceType": "CUSTOM", "custom": {"id": str(n)}} for n in range(11)]

    with pytest.raises(ClientError) as many:
        agent.get_knowledge_base_documents(**standin.where, documentIdentifiers=names)
    with pytest.raises(ClientError) as large:
        standin.put("a", DISCOUNT, note="x" * 2_048)

    assert code_of(many) == code_of(large) == "ValidationException"


def test_a_bad_document_among_good_ones_leaves_nothing_behind(standin: Any) -> None:
    agent = standin.client("bedrock-agent")
    good = {
        "content": {
            "dataSourceType": "CUSTOM",
            "custom": {
                "customDocumentIdentifier": {"id": "a"},
                "sourceType": "IN_LINE",
                "inlineContent": {"type": "TEXT", "textContent": {"data": DISCOUNT}},
            },
        }
    }
    bad = {"content": {"dataSourceType": "S3", "s3": {"s3Location": {"uri": "s3://b/k"}}}}

    with pytest.raises(ClientError):
        agent.ingest_knowledge_base_documents(**standin.where, documents=[good, bad])

    assert standin.found("discount") == []


def test_documents_survive_a_restart(filled: Any, index: Index, tmp_path: Any) -> None:
    again = Index(tmp_path / "knowledge" / "index.db")

    assert [item.id for item in again.all(filled.base, filled.source)] == ["a", "b", "c"]
    assert len(again.search(filled.base, "discount", lambda _: True, 5)) == 2
    again.close()
