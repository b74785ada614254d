"""Tools of the prototype uploader (no official counterpart: the seed's names)."""

from switchboard.tools.schema import record, text, whole
from switchboard.tools.tool import Target, Tool

PROTOTYPE = Target(
    "prototype",
    "Hosting of prototypes: upload files, get the address to share",
    (
        # The object's key is its identity: the same upload again stores the same object, and a file
        # of the sandbox may have changed meanwhile. So no ledger here.
        Tool(
            "s3_upload_prototype",
            "Store one file of your prototype. Give its text as content, or sandbox_path for a "
            "file in your sandbox (e.g. a screenshot).",
            record(
                "Upload",
                ["path"],
                path=text("Path inside the prototype, e.g. index.html"),
                content=text("Text of the file, at most 5 MB"),
                sandbox_path=text("Path of a file in the sandbox, at most 5 MB"),
                content_type=text("MIME type; default: by the path's ending"),
                expiry_days=whole("Days until the prototype expires, 1 to 30; default 7"),
            ),
        ),
        Tool(
            "s3_generate_url",
            "Get the address of an uploaded file, and when it expires.",
            record("Address", ["path"], path=text("Path inside the prototype, e.g. index.html")),
        ),
    ),
)
