"""Making an index of a site that stands in a folder; nothing that goes wrong there is raised."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from .folder import move_in
from .pagefind import Index, PagefindFailed
from .records import Record

logger = logging.getLogger(__name__)
logger.filters.clear()  # Pelican's would tell of each trouble once in the life of the process


def make(program: Path, site: Path, name: str, records: Iterable[Record]) -> None:
    """Index the pages in `site` and `records` into `site/name`. A trouble is a warning, and leaves
    the index that was there."""
    began = time.monotonic()
    fresh = None
    for left in site.glob(f".{name}-*"):  # by a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    try:
        # In the site's folder, since it has to be on the same disk; a dot keeps it from readers.
        fresh = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=site))
        with Index(program) as index:
            index.add_folder(site)
            index.add_records(records)
            index.write(fresh)
        fresh.chmod(0o755)
        move_in(fresh, site / name)
    except (PagefindFailed, OSError) as error:
        logger.warning("The search knows nothing new; Pagefind: %s", error)
    else:
        logger.info("Indexed for the search in %.1f s", time.monotonic() - began)
    finally:
        if fresh:
            shutil.rmtree(fresh, ignore_errors=True)
