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
        known = [one for one in opportunities if not one.gone]
        slugs = {one.id: one.slug for one in known}
        self._by_path = {_path(one.url): one.slug for one in known if _path(one.url)}
        self._by_name = {alias: slugs[id] for alias, id in aliases.items() if id in slugs}
        self._by_name |= {one.slug: one.slug for one in known}
        self._mapped: dict[str, str] = {}
        for page, slug in mapped.items():
            self._mapped[_named(page)] = self._known(slug)
        self._into = self._known(into) if into else None

    def slug_of(self, found: Found) -> str | None:
        """None for a page that has no place here."""
        path = _path(found.page)
        last = path.rpartition("/")[2]
        for name in (*found.names, found.page, path, last):
            if name and (slug := self._mapped.get(_named(name))):
                return slug
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
    mapped: dict[str, tuple[str, str]] = {}
    for line, cells in rows:
        page = cells["page"].strip() if cells else ""
        slug = cells["opportunity"].strip() if cells else ""
        if not page or not slug:
            raise BadExport(f"the map, line {line}: a page and an opportunity, and no more")
        if mapped.setdefault(_named(page), (page, slug))[1] != slug:
            raise BadExport(f"the map, line {line}: “{page}” stands there twice")
    return dict(mapped.values())


def _named(page: str) -> str:
    """A path if it has one; else as it stands there, such as `?p=12` at the root of a site."""
    page = page.strip()
    return (_path(page) if "/" in page else "") or page.casefold()


def _path(url: str) -> str:
    """What stays of an address when its host changed: without query, index.html and slashes."""
    try:
        path = unquote(urlsplit(url.strip()).path).casefold().strip("/")
    except ValueError:
        return ""
    name = path.rpartition("/")[2]
    if name in ("index.html", "index.htm", "index.php"):
        path = path.removesuffix(name)
    return path.removesuffix(".html").strip("/")
