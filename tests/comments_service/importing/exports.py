"""Exports as Disqus, WordPress and Isso write them."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

DISQUS = """\
<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<category dsq:id="7"><forum>farms</forum><title>General</title></category>
{threads}
{posts}
</disqus>
"""


def disqus(*posts: str, pages: tuple[str, ...] = ("https://old.example/2019/farm/",)) -> bytes:
    """The forum with a thread for each page, numbered from 1."""
    threads = "\n".join(
        f'<thread dsq:id="{number}"><id>node/{number}</id><forum>farms</forum>'
        f"<link>{link}</link><title>T</title><createdAt>2019-01-01T00:00:00Z</createdAt>"
        "<isClosed>false</isClosed><isDeleted>false</isDeleted></thread>"
        for number, link in enumerate(pages, 1)
    )
    return DISQUS.format(threads=threads, posts="\n".join(posts)).encode()


def post(id: int, html: str, parent: int | None = None, **more: Any) -> str:
    told = {
        "at": "2019-03-02T10:00:00Z", "spam": "false", "deleted": "false", "name": "Ada Marsh",
        "user": "ada", "email": "", "thread": 1,
    } | more  # fmt: skip
    above = f'<parent dsq:id="{parent}"/>' if parent else ""
    email = f"<email>{told['email']}</email>" if told["email"] else ""
    return (
        f'<post dsq:id="{id}"><id/><message><![CDATA[{html}]]></message>'
        f"<createdAt>{told['at']}</createdAt><isDeleted>{told['deleted']}</isDeleted>"
        f"<isSpam>{told['spam']}</isSpam><author>{email}<name>{told['name']}</name>"
        f"<isAnonymous>false</isAnonymous><username>{told['user']}</username></author>"
        f'<thread dsq:id="{told["thread"]}"/>{above}</post>'
    )


WORDPRESS = """\
<?xml version="1.0" encoding="UTF-8" ?>
<!-- This is a WordPress eXtended RSS file -->
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Farms</title><wp:wxr_version>1.2</wp:wxr_version>
<item><title>Farm</title><link>https://blog.example/farm/</link>
<wp:post_id>4</wp:post_id><wp:post_name><![CDATA[farm]]></wp:post_name>
{comments}
</item></channel></rss>
"""


def wordpress(*comments: str) -> bytes:
    return WORDPRESS.format(comments="\n".join(comments)).encode()


def wp_comment(id: int, text: str, parent: int = 0, **more: Any) -> str:
    told = {
        "name": "Bob", "email": "bob@example.org", "at": "2019-03-02 10:00:00",
        "gmt": "2019-03-02 09:00:00", "approved": "1", "type": "comment", "user": 0,
    } | more  # fmt: skip
    return (
        f"<wp:comment><wp:comment_id>{id}</wp:comment_id>"
        f"<wp:comment_author><![CDATA[{told['name']}]]></wp:comment_author>"
        f"<wp:comment_author_email>{told['email']}</wp:comment_author_email>"
        "<wp:comment_author_url></wp:comment_author_url>"
        f"<wp:comment_date>{told['at']}</wp:comment_date>"
        f"<wp:comment_date_gmt>{told['gmt']}</wp:comment_date_gmt>"
        f"<wp:comment_content><![CDATA[{text}]]></wp:comment_content>"
        f"<wp:comment_approved>{told['approved']}</wp:comment_approved>"
        f"<wp:comment_type>{told['type']}</wp:comment_type>"
        f"<wp:comment_parent>{parent}</wp:comment_parent>"
        f"<wp:comment_user_id>{told['user']}</wp:comment_user_id></wp:comment>"
    )


def isso(path: Path, *comments: dict[str, Any], uri: str = "/farm/") -> Path:
    """A database with the tables of Isso 0.13."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            """
            CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR);
            CREATE TABLE comments (
                tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER,
                created FLOAT NOT NULL, modified FLOAT, mode INTEGER, remote_addr VARCHAR,
                text VARCHAR, author VARCHAR, email VARCHAR, website VARCHAR,
                likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0, voters BLOB NOT NULL,
                notification INTEGER DEFAULT 0);
            """
        )
        db.execute("INSERT INTO threads VALUES (1, ?, 'T')", [uri])
        for number, comment in enumerate(comments, 1):
            told = {"parent": None, "created": 1551520800.5, "mode": 1, "text": "*Yes.*"} | comment
            db.execute(
                """INSERT INTO comments (tid, id, parent, created, mode, text, author, voters)
                   VALUES (1, ?, ?, ?, ?, ?, 'Cleo', x'')""",
                [number, told["parent"], told["created"], told["mode"], told["text"]],
            )
        db.commit()
    return path
