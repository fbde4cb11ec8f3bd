"""From an exception to what a person has to mend: file, line, message."""

import logging
import os
import traceback
from collections.abc import Iterator
from typing import Any

from .builds import Problem


class Errors(logging.Handler):
    """Keeps the errors that were logged: Pelican logs most of what it then only counts."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.records.append(record)


def problems_of(error: BaseException, logged: list[logging.LogRecord], root: str) -> list[Problem]:
    """What is wrong, best told first; files below `root` are named from there.

    An error that brings its own `problems` (plugins.opportunities does) is taken at its word.
    """
    chain = list(_chain(error))
    for each in chain:
        own = [_told(problem, root) for problem in getattr(each, "problems", ())]
        if own:
            return own
    if logged and str(error) == "Warning or error encountered":  # what `--fatal errors` raises
        causes = [r.exc_info[1] for r in logged if r.exc_info and r.exc_info[1]]
        found = [_located(cause, root) for cause in causes]
        return found or [Problem(file="", line=None, message=r.getMessage()) for r in logged]
    return [_located(error, root)]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _told(problem: Any, root: str) -> Problem:
    return Problem(file=_short(str(problem.file), root), line=problem.line, message=problem.message)


def _located(error: BaseException, root: str) -> Problem:
    """An error with the deepest line of ours, a template's too, that it passed through."""
    message = str(error) or type(error).__name__
    file, line = getattr(error, "filename", None), getattr(error, "lineno", None)
    if file and line:  # Python's and Jinja's syntax errors
        message = getattr(error, "msg", None) or getattr(error, "message", None) or message
        return Problem(file=_short(str(file), root), line=line, message=message)
    ours = [f for f in traceback.extract_tb(error.__traceback__) if _is_ours(f.filename, root)]
    where = f"{type(error).__name__}: {message}"
    if not ours:
        return Problem(file="", line=None, message=where)
    return Problem(file=_short(ours[-1].filename, root), line=ours[-1].lineno, message=where)


def _is_ours(file: str, root: str) -> bool:
    inside = os.path.abspath(file).startswith(os.path.join(root, ""))
    return inside and "site-packages" not in file and not file.startswith("<")


def _short(file: str, root: str) -> str:
    inside = os.path.isabs(file) and file.startswith(os.path.join(root, ""))
    return os.path.relpath(file, root) if inside else file
