"""An agreement's page as a PDF, by WeasyPrint, which is asked for only here. Nothing is fetched but
files of the built site; `print.css` beside this module sets the page, with the site's fonts."""

import json
import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

from . import PAGE

SHEET = Path(__file__).with_name("print.css")
_NOWHERE = "http://site.invalid"  # where a site stands that does not know its own address
_NOT_PRINTED = "script, link, nav, .top, .foot, .back, .skip, .actions"
_MISSING = (
    "A PDF needs WeasyPrint, and WeasyPrint needs Pango:\n"
    "  pip install 'emergence[pdf]'\n"
    "  on Debian or Ubuntu: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0\n"
    "The agreement's page can also be printed from a browser."
)


class Refusal(Exception):
    """No PDF was written; the message says why, and what to do."""


def write_pdf(site: Path, slug: str, output: Path, language: str | None = None) -> None:
    """Write the agreement of an opportunity, as the built `site` has it. Raises Refusal."""
    manifest = _manifest(site)
    root = manifest["site"]["url"].rstrip("/")
    address = _address(manifest, slug, language)
    path = _file(site, f"{urlsplit(address).path}index.html", urlsplit(root).path)
    if path is None or not path.is_file():
        raise Refusal(f"{slug} has no agreement in {site}; write agreement.md and build the site")
    document = _document(path.read_text(encoding="utf-8"))
    base = address if root.startswith("http") else f"{_NOWHERE}{address}"
    pdf = _printed(document, base, site, root or _NOWHERE)
    output.write_bytes(pdf)


def _manifest(site: Path) -> Any:
    try:
        return json.loads((site / "opportunities.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Refusal(f"{site} holds no built site: build it first, or name it by --site") from None


def _address(manifest: Any, slug: str, language: str | None) -> str:
    for each in manifest["opportunities"]:
        if slug == each["slug"] or slug in each["aliases"]:
            found = {version["language"]: version["url"] for version in each["translations"]}
            found[each["language"]] = each["url"]
            if (language or each["language"]) not in found:
                known = ", ".join(sorted(found))
                raise Refusal(f"{slug} is not written in {language}, but in: {known}")
            return f"{found[language or each['language']]}{PAGE}"
    known = ", ".join(each["slug"] for each in manifest["opportunities"])
    raise Refusal(f"no opportunity is called {slug}; there are: {known or 'none'}")


def _document(html: str) -> str:
    """The page without what a sheet of paper has no use for."""
    tree = BeautifulSoup(html, "html.parser")
    for node in tree.select(_NOT_PRINTED):
        node.decompose()
    return str(tree)


def _file(site: Path, path: str, prefix: str) -> Path | None:
    """The file below `site` that an address's path means; None if it leads elsewhere."""
    if not path.startswith(f"{prefix}/"):
        return None
    found = (site / unquote(path[len(prefix) + 1 :])).resolve()
    return found if found.is_relative_to(site.resolve()) else None


def _printed(document: str, base: str, site: Path, root: str) -> bytes:
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher, URLFetcherResponse
    except (ImportError, OSError):  # the latter when it is there and Pango is not
        raise Refusal(_MISSING) from None

    class Fetcher(URLFetcher):  # type: ignore[misc]
        """Reads the site's own files, and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            parts, own = urlsplit(url), urlsplit(root)
            inside = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
            path = _file(site, parts.path, own.path) if inside else None
            if path is None:
                raise ValueError(f"{url} is no file of the site")
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    fetcher, fonts = Fetcher(), FontConfiguration()
    sheet = weasyprint.CSS(
        string=SHEET.read_text(encoding="utf-8"),
        base_url=f"{root}/",
        url_fetcher=fetcher,
        font_config=fonts,
    )
    page = weasyprint.HTML(string=document, base_url=base, url_fetcher=fetcher)
    pdf: bytes = page.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_tags=True)
    return pdf
