from switchboard.local.deployment.stamp import Stamp, fingerprint


def _checkout(root):
    source = root / "services" / "ingress" / "src" / "handler.py"
    source.parent.mkdir(parents=True)
    source.write_text("x = 1")
    (root / "services" / "ingress" / "tests").mkdir()
    (root / "constraints.txt").write_text("boto3==1")
    return source


def test_a_change_of_a_source_changes_the_fingerprint(tmp_path):
    source = _checkout(tmp_path)
    before = fingerprint(tmp_path)

    source.write_text("x = 2")

    assert fingerprint(tmp_path) != before


def test_a_change_of_a_pinned_version_changes_the_fingerprint(tmp_path):
    _checkout(tmp_path)
    before = fingerprint(tmp_path)

    (tmp_path / "constraints.txt").write_text("boto3==2")

    assert fingerprint(tmp_path) != before


def test_tests_caches_and_times_do_not_change_the_fingerprint(tmp_path):
    source = _checkout(tmp_path)
    before = fingerprint(tmp_path)

    source.write_text("x = 1")
    (tmp_path / "services" / "ingress" / "tests" / "test_x.py").write_text("y = 1")
    cache = source.parent / "__pycache__"
    cache.mkdir()
    (cache / "handler.pyc").write_bytes(b"compiled")

    assert fingerprint(tmp_path) == before


def test_a_stamp_is_read_back_and_a_damaged_one_is_none(tmp_path):
    path = tmp_path / "deployed.json"
    stamp = Stamp("f", ["ingress"], ["switchboard-dev-ingress"], {"ModelId": "offline.playbook"})

    stamp.write(path)
    assert Stamp.read(path) == stamp
    path.write_text("{")
    assert Stamp.read(path) is None
    assert Stamp.read(tmp_path / "missing.json") is None
