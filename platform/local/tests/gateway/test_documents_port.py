"""The port `Documents`: memory and S3 answer alike."""

from collections.abc import Callable

import boto3
import pytest

from switchboard.local.gateway.adapters.memory import MemoryDocuments
from switchboard.local.gateway.adapters.s3_documents import S3Documents
from switchboard.local.gateway.documents import DocumentMissingError, Documents

URI = "s3://documents/desk/openapi.json"
Build = Callable[[str], Documents]


@pytest.fixture
def memory() -> Build:
    def build(text: str) -> Documents:
        documents = MemoryDocuments()
        documents.texts[URI] = text
        return documents

    return build


@pytest.fixture
def s3(aws: boto3.Session) -> Build:
    def build(text: str) -> Documents:
        client = aws.client("s3")
        client.create_bucket(Bucket="documents")
        client.put_object(Bucket="documents", Key="desk/openapi.json", Body=text.encode())
        return S3Documents(client)

    return build


@pytest.fixture(params=["memory", "s3"])
def build(request: pytest.FixtureRequest) -> Build:
    builder: Build = request.getfixturevalue(request.param)
    return builder


def test_a_document_is_read(build: Build) -> None:
    assert build('{"title": "ä"}').text(URI) == '{"title": "ä"}'


@pytest.mark.parametrize("uri", ["s3://documents/other.json", "s3://nowhere/openapi.json", "s3://"])
def test_a_document_that_is_not_there_is_named(build: Build, uri: str) -> None:
    with pytest.raises(DocumentMissingError, match=uri):
        build("{}").text(uri)
