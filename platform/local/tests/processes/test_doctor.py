import json
import socket
import sys

from switchboard.local import doctor
from switchboard.local.doctor import Doctor
from switchboard.local.processes import engine_environment
from switchboard.local.settings import LocalSettings


def _by_name(checks):
    return {check.what: check for check in checks}


def test_a_missing_tool_says_what_to_do_and_a_browser_is_only_wished_for(tmp_path):
    checks = _by_name(Doctor(LocalSettings(home=tmp_path), find=lambda name: None)())

    assert not checks["git"].ok
    assert checks["git"].remedy == "install git"
    assert checks["chromium"].ok
    assert checks["python"].ok
    assert checks["bundles"].ok


def test_a_taken_port_is_found_before_anything_is_started(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        number = holder.getsockname()[1]
        checks = _by_name(Doctor(LocalSettings(home=tmp_path, port_notion=number))())

    assert not checks[f"port {number}"].ok
    assert "SWITCHBOARD_PORT_NOTION" in checks[f"port {number}"].remedy


def test_a_bundle_that_cannot_be_imported_is_named_with_its_reason(tmp_path, monkeypatch):
    app = tmp_path / "cdk.out" / "ingress"
    (app / "asset.1").mkdir(parents=True)
    (app / "asset.1" / "good.py").write_text("def handler(event, context): ...")
    (app / "asset.1" / "bad.py").write_text("import not_there")
    function = {"Type": "AWS::Lambda::Function"}
    template = {
        "Resources": {
            name: {**function, "Properties": {"Handler": handler, "Code": {"S3Key": "1.zip"}}}
            for name, handler in (("Good", "good.handler"), ("Bad", "bad.handler"))
        }
    }
    place = {"bucketName": "b", "objectKey": "1.zip"}
    source = {"path": "asset.1", "packaging": "zip"}
    assets = {"files": {"1": {"source": source, "destinations": {"current": place}}}}
    artifact = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "stack.template.json"},
    }
    (app / "manifest.json").write_text(json.dumps({"artifacts": {"stack": artifact}}))
    (app / "stack.template.json").write_text(json.dumps(template))
    (app / "stack.assets.json").write_text(json.dumps(assets))
    settings = LocalSettings(home=tmp_path)
    python = engine_environment.python(settings.folder)
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)

    assert doctor.bundles(settings.folder.assemblies) == {
        app / "asset.1": ["bad.handler", "good.handler"]
    }
    check = _by_name(Doctor(settings)())["bundle ingress"]
    assert not check.ok
    assert "not_there" in check.detail
