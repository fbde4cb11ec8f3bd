"""One full build by Pelican, of which generators and writer are kept."""

import logging
import os
from pathlib import Path
from typing import Any

from pelican import Pelican
from pelican.log import FatalLogger
from pelican.plugins import signals
from pelican.settings import read_settings

from . import register
from .pages import Pages
from .writer import AtomicWriter

_NEVER = logging.CRITICAL + 1


def build(settings: Path, content: Path, output: Path, *, forgiving: bool = False) -> Pages:
    """Build the whole site into the fresh folder `output`. Raises whatever stops Pelican.

    A `forgiving` build is not stopped by a text that cites what was withdrawn or hidden since.

    An error that Pelican only logs, such as a page that it cannot read, stops the build too.
    """
    overrides = {
        "PATH": os.path.abspath(content),
        "OUTPUT_PATH": os.path.abspath(output),
        "DELETE_OUTPUT_DIRECTORY": False,
        "CITATIONS_FORGIVEN": forgiving,
        "SEARCH_BEHIND": os.path.join(os.path.abspath(output), "../../current"),
    }
    kept: dict[str, Any] = {}

    # Signals hold their receivers weakly: these two live as long as this function runs.
    def keep_generators(generators: list[Any]) -> None:
        kept["generators"] = generators

    def keep_writer(generator: object, writer: AtomicWriter) -> None:
        kept["writer"] = writer

    signals.all_generators_finalized.connect(keep_generators)
    signals.article_writer_finalized.connect(keep_writer)
    register()
    FatalLogger.fatal_lvl = logging.ERROR
    try:
        configuration = read_settings(str(settings), override=overrides)
        # A changed theme gets a new process: spare Jinja asking the disk at every include.
        configuration["JINJA_ENVIRONMENT"]["auto_reload"] = False
        Pelican(configuration).run()
    finally:
        FatalLogger.fatal_lvl = _NEVER
    return Pages(kept["generators"], kept["writer"])
