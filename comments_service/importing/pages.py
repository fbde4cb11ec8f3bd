"""Which opportunity a page of another system has become."""

from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

from ..domain.phases import Opportunity
from ..tables import NoTable, rows_of, text_of
from .found import BadExport, Found

COLUMNS = ("page", "opportunity")


class Pages:
    """Finds the slug of the opportunity that a comment belongs to.

    A page is known by the map, by an address whose path is that of an opportunity, or by one that
    ends in its slug or in one of its aliases; else it is `into`, or nowhere.
    """

    def __init__(
        self,
        opportunities: Iterable[Opportunity],
        aliases: Mapping[str, str],
        mapped: Mapping[str, str],
        into: str | None,
    ) -> None:
        known = list(opportunities)
        slugs = {one.id: one.slug for one in known}
        self._by_path = {_path(one.url): one.slug for one in known}
        self._by_name = {alias: slugs[id] for alias, id in aliases.items() if id in slugs}
        self._by_name |= {one.slug: one.slug for one in known}
        self._mapped = {_named(page): self._known(slug) for page, slug in mapped.items()}
        self._into = self._known(into) if into else None

    def slug_of(self, found: Found) -> str | None:
        """None for a page that has no place here."""
        for name in (found.thread, found.page):
            if name and _named(name) in self._mapped:
                return self._mapped[_named(name)]
        path = _path(found.page)
        last = path.rpartition("/")[2]
        return self._by_path.get(path) or self._by_name.get(last) or self._into

    def _known(self, slug: str) -> str:
        if slug not in self._by_name:
            raise BadExport(f"there is no opportunity “{slug}”")
        return self._by_name[slug]


def read_map(file: bytes) -> dict[str, str]:
    """A CSV with the columns page and opportunity. Raises BadExport."""
    try:
        rows = list(rows_of(text_of(file), COLUMNS, COLUMNS))
    except ValueError as problem:  # NoTable, Broken
        wanted = "the map begins with the line page,opportunity"
        raise BadExport(wanted if isinstance(problem, NoTable) else str(problem)) from None
    bad = next((line for line, cells in rows if not cells or not all(cells.values())), None)
    if bad:
        raise BadExport(f"the map, line {bad}: a page and an opportunity, and no more")
    return {cells["page"]: cells["opportunity"] for _, cells in rows if cells}


def _named(page: str) -> str:
    return _path(page) if "/" in page else page.casefold()


def _path(url: str) -> str:
    """What stays of an address when its host changed: without query, index.html and slashes."""
    try:
        path = unquote(urlsplit(url.strip()).path).casefold().strip("/")
    except ValueError:
        return ""
    return path.removesuffix("index.html").removesuffix(".html").strip("/")
