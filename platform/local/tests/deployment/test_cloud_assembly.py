import json
from io import BytesIO
from zipfile import ZipFile

from switchboard.local.deployment.cloud_assembly import Asset, forget_old_assets, stacks


def _assembly(folder, artifacts, files=None):
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    for name in artifacts:
        (folder / f"{name}.template.json").write_text('{"Parameters": {"ModelId": {}}}')
        (folder / f"{name}.assets.json").write_text(json.dumps({"files": files or {}}))


def _stack(name, *after):
    return {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": f"{name}.template.json"},
        "dependencies": list(after),
    }


def test_stacks_come_in_the_order_of_their_dependencies(tmp_path):
    _assembly(tmp_path, {"c": _stack("c", "b"), "a": _stack("a"), "b": _stack("b", "a")})

    assert [stack.name for stack in stacks(tmp_path)] == ["a", "b", "c"]
    assert stacks(tmp_path)[0].parameters == {"ModelId"}


def test_a_folder_becomes_the_same_zip_whenever_it_was_written(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "package").mkdir(parents=True)
        (tmp_path / name / "package" / "module.py").write_text("x = 1")
        (tmp_path / name / "package" / "module.pyc").write_bytes(b"compiled")
    first, second = (Asset("b", "k", tmp_path / name, "zip").content() for name in ("one", "two"))

    assert first == second
    with ZipFile(BytesIO(first)) as archive:
        assert archive.namelist() == ["package/module.py", "package/module.pyc"]


def test_names_of_buckets_are_those_of_the_local_account(tmp_path):
    place = {"bucketName": "assets-${AWS::AccountId}-${AWS::Region}", "objectKey": "1.zip"}
    item = {"source": {"path": "asset.1", "packaging": "zip"}, "destinations": {"d": place}}
    _assembly(tmp_path, {"a": _stack("a")}, {"1": item})

    [asset] = stacks(tmp_path)[0].assets

    assert asset.bucket == "assets-111122223333-us-east-1"


def test_bundles_of_earlier_sources_are_deleted(tmp_path):
    place = {"bucketName": "b", "objectKey": "k"}
    item = {"source": {"path": "asset.new", "packaging": "zip"}, "destinations": {"d": place}}
    _assembly(tmp_path, {"a": _stack("a")}, {"1": item})
    for name in ("asset.old", "asset.new"):
        (tmp_path / name).mkdir()

    forget_old_assets(tmp_path)

    assert [path.name for path in tmp_path.glob("asset.*")] == ["asset.new"]
