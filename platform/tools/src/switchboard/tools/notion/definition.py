"""Tools of the Notion target: names and argument shapes of the remote Notion MCP server."""

from switchboard.tools.notion.sameness import same_database, same_pages
from switchboard.tools.schema import flag, many, record, text, whole
from switchboard.tools.tool import Target, Tool

_PROPERTIES = record(
    "Property names and values: plain values (text, number, true or false, list of names), "
    "or property objects of the Notion API"
)
_PAGE_PARENT = record(
    "Where it goes: the page of your story",
    page_id=text("Id of the parent page"),
    data_source_id=text("Id of the parent data source"),
)
_SQL = record(
    "A query in SQL",
    ["data_source_urls", "query"],
    mode=text("sql"),
    data_source_urls=many(
        text("collection://<data source id>"), "The data sources the query names, at most 5"
    ),
    query=text(
        "One SELECT in SQLite's dialect. Tables are data source URLs, columns are property names "
        "(also url and createdTime), both in double quotes; values go into params as ?"
    ),
    params=many(text("A value"), "Values for the question marks of the query, in order"),
)

NOTION = Target(
    "notion",
    "Pages and databases of the Notion workspace",
    (
        Tool(
            "notion-search",
            "Find pages: in the project's knowledge base by what they say, else in Notion itself "
            "by words in their title (data sources too). Each hit says where it comes from "
            "(source) and when it was read from Notion (as_of, age_seconds).",
            record(
                "Search",
                ["query"],
                query=text("Words to look for, or a question"),
                page_size=whole("At most this many results, 1 to 100; default 10"),
                fresh=flag("true: ask Notion itself, for what may have changed a moment ago"),
            ),
        ),
        Tool(
            "notion-fetch",
            "Read by id or URL a page (properties and Markdown content), a database (its data "
            "sources with the types of their properties) or a data source (the types of its "
            "properties).",
            record("Fetch", ["id"], id=text("Id or URL")),
        ),
        Tool(
            "notion-query-data-sources",
            "Read the rows of data sources. With data: one SQL SELECT over whole data sources "
            "(count, average, group, search in texts). With data_source_id: rows by filter, with "
            "their properties as plain values.",
            record(
                "Query, either data or data_source_id",
                [],
                data=_SQL,
                data_source_id=text("Id of the data source"),
                filter=record("A filter object of the Notion API"),
                sorts=many(record("A sort object of the Notion API"), "Order of the rows"),
                page_size=whole("Rows per answer, 1 to 100; default 100"),
                start_cursor=text("next_cursor of the previous answer"),
            ),
        ),
        Tool(
            "notion-create-pages",
            "Create pages under the page of your story, each with properties and Markdown content. "
            "A title is used once per run: asked for again, you get the page that is there.",
            record(
                "Create pages",
                ["parent", "pages"],
                parent=_PAGE_PARENT,
                pages=many(
                    record(
                        "One page",
                        ["properties"],
                        properties=_PROPERTIES,
                        content=text("Content in Markdown, without the title"),
                    ),
                    "The pages, in order",
                ),
            ),
            once=True,
            once_each="pages",
            once_as=same_pages,
        ),
        # Updates set what is given, so a repeated call changes nothing: no ledger needed.
        Tool(
            "notion-update-page",
            "Change a page: its properties or its content.",
            record(
                "Update",
                ["page_id", "command"],
                page_id=text("Id of the page"),
                command=text("update_properties, replace_content or update_content"),
                properties=_PROPERTIES,
                new_str=text("The whole new content, for replace_content"),
                content_updates=many(
                    record(
                        "One replacement",
                        ["old_str", "new_str"],
                        old_str=text("Text to be replaced"),
                        new_str=text("New text"),
                    ),
                    "Replacements, for update_content",
                ),
            ),
        ),
        Tool(
            "notion-create-database",
            "Create a database under the page of your story. A title is used once per run.",
            record(
                "Create a database",
                ["parent", "title", "properties"],
                parent=_PAGE_PARENT,
                title=text("Title of the database"),
                properties=record("Property names and their schema objects of the Notion API"),
            ),
            once=True,
            once_as=same_database,
        ),
        Tool(
            "notion-create-comment",
            "Comment on a page.",
            record(
                "Comment",
                ["parent"],
                parent=_PAGE_PARENT,
                markdown=text("The comment in Markdown"),
                rich_text=many(
                    record("A rich text object of the Notion API"), "The comment, with mentions"
                ),
            ),
            once=True,
        ),
    ),
)
