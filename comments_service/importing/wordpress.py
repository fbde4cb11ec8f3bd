"""WordPress's export, “WXR”: RSS with elements of http://wordpress.org/export/1.2/."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from ..domain.archive import Skip
from .found import BadExport, Found
from .html import paragraphs, to_markdown
from .xml import Node, records

_FATES = {"1": None, "0": Skip.NOT_PUBLISHED, "spam": Skip.SPAM, "trash": Skip.DELETED}
_FATES |= {"approved": None, "post-trashed": Skip.NOT_PUBLISHED}
_SAID = ("", "comment", "review")  # types that a person wrote; a ping is none
_WANTED = ("item/comment", "channel/item", "channel/wxr_version")
_PUBLIC = ("", "publish", "inherit")


def read(file: BinaryIO) -> Iterator[Found]:
    """Every comment, page by page. Raises BadExport."""
    is_export = False
    for record, above in records(file, "rss", _WANTED):
        if record.name == "comment":
            yield _comment(record, above)
        is_export = is_export or record.name != "item" or record.child("post_id") is not None
    if not is_export:
        raise BadExport("this is a feed, and no export of WordPress")


def _comment(comment: Node, item: Node) -> Found:
    parent, user = comment.text("comment_parent"), comment.text("comment_user_id")
    name, site = comment.text("comment_author"), comment.text("comment_author_url")
    skip = _fate(comment, item)
    return Found(
        system="wordpress",
        id=comment.text("comment_id"),
        page=item.text("link"),
        names=(item.text("post_name"), item.text("post_id")),
        name=name,
        written=_moment(comment, item),
        text="" if skip else to_markdown(paragraphs(comment.text("comment_content"))),
        parent=parent if parent not in ("", "0") else None,
        email=comment.text("comment_author_email"),
        author=f"{name}\x1f{site or user}" if name else "",
        skip=skip,
    )


def _fate(comment: Node, item: Node) -> Skip | None:
    if comment.text("comment_type").lower() not in _SAID:
        return Skip.AUTOMATIC
    if item.text("status") not in _PUBLIC or item.text("post_password"):
        return Skip.NOT_PUBLISHED
    return _FATES.get(comment.text("comment_approved"), Skip.NOT_PUBLISHED)


def _moment(comment: Node, item: Node) -> datetime | None:
    """In UTC where WordPress knows that; else as its site's clock had it, or when the page came."""
    said = [comment.text(name) for name in ("comment_date_gmt", "comment_date")]
    for text in (*said, item.text("post_date_gmt"), item.text("post_date")):
        try:
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        except ValueError:  # 0000-00-00 00:00:00 is what it writes when it does not know
            continue
    return None
