"""Reads the files of opportunities and says what is wrong with them.

As a command: `python -m plugins.opportunities.check PATH` prints the problems and exits with 1.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from .header import Problem, parse_header
from .places import Place, place_of
from .rules import Source, problems_of

_USAGE = "usage: python -m plugins.opportunities.check PATH [DEFAULT_LANG]\n"


class BrokenBriefs(Exception):
    """The build cannot go on: `problems` says what to mend, with file and line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(
            f"{count} problem{'s' if count != 1 else ''} in the opportunities: "
            + "; ".join(map(str, self.problems[:3]))
            + ("; …" if count > 3 else "")
        )


def read_sources(
    base: Path, places: Iterable[Place], default_language: str
) -> tuple[list[Source], list[Problem]]:
    """Headers of all these files (each is opened once), and what kept some from being read."""
    sources, problems = [], []
    for place in places:
        try:
            with open(f"{base}/{place.path}", "rb") as file:
                data = file.read()
            text = data.decode("utf-8-sig")
        except OSError as error:
            problems.append(Problem(place.path, 1, f"cannot be read: {error.strerror}"))
            continue
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            problems.append(Problem(place.path, line, "this line is not UTF-8 text"))
            text = data.decode("utf-8-sig", errors="replace")
        sources.append(Source(place, parse_header(text), default_language))
    return sources, problems


def check(
    base: Path, places: Iterable[Place], default_language: str
) -> tuple[list[Source], list[Problem]]:
    """The sources at `places`, by folder and originals before translations, and everything wrong
    with them."""
    in_order = sorted(places, key=lambda at: (at.folder, at.kind, at.name, at.language or ""))
    sources, unreadable = read_sources(base, in_order, default_language)
    return sources, [*unreadable, *problems_of(sources)]


def check_folder(folder: Path, default_language: str = "en") -> list[Problem]:
    """Everything wrong with the opportunities below `folder`, at any depth."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*.md") if path.is_file())
    places = (place for path in found if (place := place_of(path, [""])))
    return check(folder, places, default_language)[1]


def main(arguments: Sequence[str]) -> int:
    """Exit code: 0 all well, 1 problems (printed), 2 called wrongly."""
    if not 1 <= len(arguments) <= 2 or not Path(arguments[0]).is_dir():
        sys.stderr.write(_USAGE)
        return 2
    problems = check_folder(Path(arguments[0]), *arguments[1:])
    for problem in problems:
        sys.stdout.write(f"{Path(arguments[0]) / problem.file}:{problem.line}: {problem.message}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
