"""What the deploy command refuses before anything is changed."""

from pathlib import Path

import pytest

from switchboard.constructs.deploy import main


def test_a_folder_without_an_app_is_refused_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([str(tmp_path)])

    assert status == 2
    assert "remedy: name the folder of a service" in capsys.readouterr().err


def test_a_parameter_without_a_value_is_refused_with_the_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([str(tmp_path), "--parameter", "ConnectAlias"])

    assert status == 2
    assert "--parameter Name=value" in capsys.readouterr().err


def test_an_unknown_environment_is_refused_with_those_that_exist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--env", "moon"])

    assert "workshop" in capsys.readouterr().err
