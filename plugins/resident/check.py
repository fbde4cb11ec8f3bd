"""The errors of a build, without the build: `python -m plugins.resident.check`.

Reads the whole site as a build does, and writes nothing of it. Prints one problem a line, as
file:line: message (as JSON with --json, warnings too), and exits with 1 when there are any.
"""

import argparse
import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pelican import Pelican
from pelican.log import FatalLogger
from pelican.plugins import signals
from pelican.settings import read_settings

from .builds import Problem
from .problems import Errors, problems_of

# What these read no text can break, and they take the longest.
NEVER_FAIL = {"plugins.history", "plugins.charts", "plugins.search"}


class Warnings(logging.Handler):
    """Keeps the words of warnings, each once."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.addFilter(lambda record: record.levelno == logging.WARNING)
        self.words: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep them."""
        self.words[record.getMessage()] = None


class _AllIsRead(Exception):
    """Ends a run of Pelican before it writes."""


def check(settings: Path, content: Path, cache: Path | None = None) -> list[Problem]:
    """Everything that would stop a build. Between two checks `cache` keeps what was read."""
    errors = Errors()
    logging.getLogger().addHandler(errors)
    try:
        _read(settings, content, cache)
    except _AllIsRead:
        return []
    except (Exception, SystemExit) as error:
        return problems_of(error, errors.records, str(settings.absolute().parent))
    finally:
        logging.getLogger().removeHandler(errors)
    return []


def _read(settings: Path, content: Path, cache: Path | None) -> None:
    with tempfile.TemporaryDirectory() as nowhere, _stopping_before_writing():
        overrides: dict[str, Any] = {
            "PATH": os.path.abspath(content),
            "OUTPUT_PATH": nowhere,
            "DELETE_OUTPUT_DIRECTORY": False,
            "CACHE_PATH": str(cache or nowhere),
        }
        configuration = read_settings(str(settings), override=overrides)
        plugins = configuration.get("PLUGINS") or []
        configuration["PLUGINS"] = [each for each in plugins if each not in NEVER_FAIL]
        Pelican(configuration).run()


@contextmanager
def _stopping_before_writing() -> Iterator[None]:
    def stop(pelican: object) -> None:
        raise _AllIsRead

    signals.get_writer.connect(stop)  # asked for once all is read
    before, FatalLogger.fatal_lvl = FatalLogger.fatal_lvl, logging.ERROR
    try:
        yield
    finally:
        FatalLogger.fatal_lvl = before
        signals.get_writer.disconnect(stop)


def main() -> int:
    """Exit code: 0 all well, 1 problems."""
    parser = argparse.ArgumentParser(prog="python -m plugins.resident.check", description=__doc__)
    parser.add_argument("--settings", type=Path, default=Path("pelicanconf.py"))
    parser.add_argument("--content", type=Path, default=Path("content"))
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")
    logging.getLogger("pelican").setLevel(logging.WARNING)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whoever prints, prints to the log
    warnings = Warnings()
    logging.getLogger().addHandler(warnings)
    problems = check(arguments.settings, arguments.content, arguments.cache)
    for problem in problems:
        out.write((json.dumps(problem) if arguments.json else _line(problem)) + "\n")
    for words in warnings.words if arguments.json else ():
        out.write(json.dumps({"warning": words}) + "\n")
    out.close()
    return 1 if problems else 0


def _line(problem: Problem) -> str:
    where = f"{problem['file']}:{problem['line'] or 1}: " if problem["file"] else ""
    return where + problem["message"]


if __name__ == "__main__":
    sys.exit(main())
