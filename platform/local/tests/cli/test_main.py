"""A variable that is wrong is said in one line, before anything is started."""

import sys

import pytest

from switchboard.local.cli.main import main


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SWITCHBOARD_ENVIRONMENT", "moon", "(dev|workshop|prod)"),
        ("SWITCHBOARD_PORT_ENGINE", "none", "valid integer"),
    ],
)
def test_a_variable_that_is_wrong_is_named_with_what_it_may_be(
    name: str,
    value: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["switchboard", "status"])

    with pytest.raises(SystemExit) as ended:
        main()

    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert f"the variable {name} is wrong" in told
    assert said in told
    assert f"unset {name}" in told
