"""The files of a pull request, told by what they hold."""

from switchboard.local.replay.looking import files

DIFF = """diff --git a/src/codes_b24a/pricing.py b/src/codes_b24a/pricing.py
new file mode 100644
index 0000000..15ed61b
--- /dev/null
+++ b/src/codes_b24a/pricing.py
@@ -0,0 +1 @@
+TAX = 0.2
diff --git a/tests/test_codes_b24a.py b/tests/test_codes_b24a.py
new file mode 100644
index 0000000..9af01ea
--- /dev/null
+++ b/tests/test_codes_b24a.py
@@ -0,0 +1 @@
+from codes_b24a.pricing import TAX
"""


def test_a_file_is_told_by_its_name_and_gits_hash() -> None:
    assert files(DIFF)[0] == "src/codes_<id>/pricing.py 15ed61b"
    assert len(files(DIFF)) == 2


def test_a_module_named_after_another_page_is_the_same_module() -> None:
    other = DIFF.replace("b24a", "3fdd").replace("9af01ea", "0000000")

    assert files(other) == files(DIFF)


def test_another_text_in_it_is_another_file() -> None:
    other = DIFF.replace("b24a", "3fdd").replace("import TAX", "import RATE")

    assert files(other) != files(DIFF)
    assert files(other)[0] == files(DIFF)[0]


def test_nothing_changed_is_no_file() -> None:
    assert files("") == []
