"""Where a forge lets somebody edit, begin and delete a file in the browser: addresses alone.

All are derived from the one of its editor, by its shape: GitHub's, GitLab's, or Gitea's and
Forgejo's. Of another forge no more is known than the editor.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

LONGEST = 4000  # characters of an address; forges and proxies refuse much longer ones
_PLACE = "{path}"
# GitLab first: its editors' addresses hold /edit/, too.
_SHAPES = (
    ("gitlab", re.compile(r"(?P<root>.+)/-/edit/(?P<branch>.+)/\{path\}")),
    ("gitea", re.compile(r"(?P<root>.+)/_edit/(?P<branch>.+)/\{path\}")),
    ("github", re.compile(r"(?P<root>https://[^/]+/[^/]+/[^/]+)/edit/(?P<branch>.+)/\{path\}")),
)
_NEW = {
    "gitlab": "{root}/-/new/{branch}?file_name={query}",
    "gitea": "{root}/_new/{branch}/?filename={query}",
    "github": "{root}/new/{branch}?filename={query}",
}
# GitLab deletes from the page that shows the file.
_DELETE = {
    "gitlab": "{root}/-/blob/{branch}/",
    "gitea": "{root}/_delete/{branch}/",
    "github": "{root}/delete/{branch}/",
}
# GitLab takes a name and no words: its editor has overlooked them for years.
_TAKES_WORDS = {"gitea", "github"}


@dataclass(frozen=True, slots=True)
class Begun:
    """The page on which a file is begun, and whether its first words stand there already."""

    url: str
    filled: bool


class ForgePages:
    """The pages of the forge whose editor is at `edit_url`, with {path} for the file."""

    def __init__(self, edit_url: str) -> None:
        self._edit_url = edit_url
        self._forge, self._root, self._branch = "", "", ""
        for forge, shape in _SHAPES:
            if found := shape.fullmatch(edit_url):
                self._forge, self._root, self._branch = forge, found["root"], found["branch"]
                return

    def __bool__(self) -> bool:
        return bool(self._edit_url)

    def edit(self, path: str) -> str:
        """The editor of a file; empty when no forge is known."""
        return self._edit_url.replace(_PLACE, quote(path))

    def begin(self, path: str, text: str = "") -> Begun | None:
        """Where the file is begun; None when this is not known of the forge."""
        if not self._forge:
            return None
        url = self._at(_NEW, query=quote(path))
        full = f"{url}&value={quote(text, safe='')}"
        fits = self._forge in _TAKES_WORDS and len(full) <= LONGEST
        return Begun(full, True) if text and fits else Begun(url, not text)

    def delete(self, path: str) -> str:
        """Where a file is deleted; its editor when that is not known, for its forge leads on."""
        return self._at(_DELETE) + quote(path) if self._forge else self.edit(path)

    def _at(self, pages: dict[str, str], query: str = "") -> str:
        return pages[self._forge].format(root=self._root, branch=self._branch, query=query)
