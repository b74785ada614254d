"""The stored OpenAPI file is compared with the committed one by its hash."""

from io import BytesIO
from typing import Any

import pytest

from switchboard.itsm_mock.adapters import openapi
from switchboard.itsm_mock.adapters.stored_copy import OBJECT, StoredCopy

BUCKET = "poc-itsm-openapi-specs-111122223333"
HASH = openapi.sha256(openapi.text())


class Deployed:
    """SSM and S3 as far as the check asks them: making clients takes longer than all tests here."""

    def __init__(self, stored: str) -> None:
        self._objects = {(BUCKET, OBJECT): stored.encode()}
        prefix = "/switchboard/dev/itsm-mock/openapi"
        self._parameters = {f"{prefix}/bucket": BUCKET, f"{prefix}/sha256": HASH}

    def get_parameter(self, Name: str) -> Any:  # noqa: N803 - boto3's spelling
        return {"Parameter": {"Value": self._parameters[Name]}}

    def get_object(self, Bucket: str, Key: str) -> Any:  # noqa: N803 - boto3's spelling
        return {"Body": BytesIO(self._objects[Bucket, Key])}


@pytest.mark.requirement("ITS-12", "C")
@pytest.mark.parametrize(("added", "is_whole"), [("", True), (" ", False)])
def test_one_blank_more_in_the_stored_file_is_noticed(added: str, is_whole: bool) -> None:
    deployed = Deployed(openapi.text() + added)

    found = StoredCopy(deployed, deployed, "dev").check()

    assert (found.local, found.announced) == (HASH, HASH)
    assert found.is_whole is is_whole
