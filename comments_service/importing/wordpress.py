"""WordPress's export, “WXR”: RSS with elements of http://wordpress.org/export/1.2/."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO
from xml.etree.ElementTree import Element

from ..domain.archive import Skip
from .found import BadExport, Found
from .html import paragraphs, to_markdown
from .xml import elements, local, text_in

_FATES = {"1": None, "0": Skip.NOT_PUBLISHED, "spam": Skip.SPAM, "trash": Skip.DELETED}
_SAID = ("", "comment", "review")  # types that a person wrote


def read(file: BinaryIO) -> Iterator[Found]:
    """Every comment, page by page. Raises BadExport."""
    is_wordpress = False
    for element in elements(file, "rss", ("item", "wxr_version")):
        is_wordpress = is_wordpress or local(element.tag) == "wxr_version"
        if not is_wordpress:
            break
        for comment in (one for one in element if local(one.tag) == "comment"):
            yield _comment(comment, element)
    if not is_wordpress:
        raise BadExport("this is a feed, and no export of WordPress")


def _comment(comment: Element, item: Element) -> Found:
    parent, user = text_in(comment, "comment_parent"), text_in(comment, "comment_user_id")
    name, site = text_in(comment, "comment_author"), text_in(comment, "comment_author_url")
    by_machine = text_in(comment, "comment_type").lower() not in _SAID
    fate = _FATES.get(text_in(comment, "comment_approved"), Skip.NOT_PUBLISHED)
    return Found(
        system="wordpress",
        id=text_in(comment, "comment_id"),
        page=text_in(item, "link"),
        thread=text_in(item, "post_name") or text_in(item, "post_id"),
        name=name,
        written=_moment(comment),
        text=to_markdown(paragraphs(text_in(comment, "comment_content"))),
        parent=parent if parent not in ("", "0") else None,
        email=text_in(comment, "comment_author_email"),
        author=f"user {user}" if user not in ("", "0") else f"{name}\x1f{site}",
        skip=Skip.AUTOMATIC if by_machine else fate,
    )


def _moment(comment: Element) -> datetime | None:
    """In UTC where WordPress knows that; else as its site's clock had it."""
    for name in ("comment_date_gmt", "comment_date"):
        try:
            return datetime.fromisoformat(text_in(comment, name)).replace(tzinfo=UTC)
        except ValueError:  # 0000-00-00 00:00:00 is what it writes when it does not know
            continue
    return None
