"""New files for a facilitator to write in: a brief, an update. Nothing is overwritten."""

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from . import words

PLACEHOLDER = "TODO"  # the site's build warns where one is left
LONGEST_HEADER = 100  # lines


class Exists(Exception):
    """The file is there already; it was left as it is."""


def slugify(title: str) -> str:
    """A slug of lower-case ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


@dataclass(frozen=True, slots=True)
class Structure:
    """What a brief takes over from another one: its sections and tags, and none of its words."""

    sections: tuple[str, ...] = ()
    tags: str = ""


def new_opportunity(
    content: Path,
    slug: str,
    title: str,
    language: str,
    facilitator: str,
    now: datetime,
    like: Structure = Structure(),  # noqa: B008 - frozen
) -> Path:
    """Write a brief with placeholders, as a draft, and return its path. Raises Exists."""
    _ = words.translations(language).gettext
    what = _("in one or two sentences: what is to be done, for whom, and why it matters.")
    fields = {
        "Title": title,
        "Date": f"{now:%Y-%m-%d %H:%M}",
        "Slug": slug,
        "Lang": language,
        "Phase": "brief",
        "Facilitator": facilitator,
        "Tags": like.tags,
        "Summary": f"{PLACEHOLDER} {what}",
        "Status": "draft",
    }
    first = _("What is it about? Who needs it, and what would be better afterwards?")
    sections = {
        _("The context"): _("What has been tried, what is known, what cannot be changed."),
        _("Who is missing"): _("The know-how that this needs, in plain words."),
    }
    if like.sections:
        sections = dict.fromkeys(like.sections, _("What belongs here this time."))
    lines = [f"{name}: {value}" for name, value in fields.items() if value or name != "Tags"]
    lines += ["", f"{PLACEHOLDER}: {first}"]
    for heading, about in sections.items():
        lines += ["", f"## {heading}", "", f"{PLACEHOLDER}: {about}"]
    text = "\n".join(lines) + "\n"
    return _write(content / "opportunities" / slug / "brief.md", text)


def header_of(text: str) -> dict[str, str]:
    """The fields of a brief's header, by lower-case name."""
    found: dict[str, str] = {}
    name = ""
    for line in text.lstrip("\ufeff").splitlines()[:LONGEST_HEADER]:
        field = re.match(r" {0,3}([A-Za-z0-9_-]+):\s*(.*)", line)
        if field:
            name = field[1].lower()
            found[name] = field[2].strip()
        elif name and line.startswith("    "):
            found[name] = f"{found[name]} {line.strip()}"
        elif line.strip() != "---":
            break
    return found


def structure_of(text: str) -> Structure:
    """The sections and tags of a brief; what stands in a block of code is no heading."""
    prose = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    sections = re.findall(r"^##[ \t]+(.+?)[ \t#]*$", prose, re.MULTILINE)
    return Structure(tuple(sections), header_of(text).get("tags", ""))


def new_update(content: Path, slug: str, title: str, now: datetime) -> Path:
    """Write an update of the opportunity, as a draft. Raises Exists, FileNotFoundError."""
    brief = _brief_of(content / "opportunities", slug)
    language = header_of(brief.read_text(encoding="utf-8-sig")).get("lang", words.SOURCE)
    header, _, body = update(title, language, now).partition("\n\n")
    text = f"{header}\nStatus: draft\n\n{PLACEHOLDER}: {body}"
    return _write(brief.parent / "updates" / update_name(title, now), text)


def _brief_of(opportunities: Path, slug: str) -> Path:
    """The brief that calls itself so, or else the one in the folder of that name."""
    named = opportunities / slug / "brief.md"
    for brief in filter(Path.exists, [named, *sorted(opportunities.glob("*/brief.md"))]):
        said = header_of(brief.read_text(encoding="utf-8-sig")).get("slug")
        if (said or brief.parent.name) == slug:
            return brief
    if not named.exists():
        raise FileNotFoundError(named)
    return named


def update(title: str, language: str, now: datetime) -> str:
    """The first words of an update."""
    _ = words.translations(language).gettext
    what = _("What is new, and what you would like to hear from the others.")
    return f"Title: {title}\nDate: {now:%Y-%m-%d %H:%M}\n\n{what}\n"


def update_name(title: str, now: datetime, taken: Container[str] = ()) -> str:
    """A file's name for it, whose slug is none of those that are taken."""
    slug = slugify(title)
    tries = (slug if number == 1 else f"{slug}-{number}".lstrip("-") for number in count(1))
    free = next(one for one in tries if one not in taken)
    return f"{now:%Y-%m-%d}-{free}.md" if free else f"{now:%Y-%m-%d}.md"


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Exists(path) from None
    return path
