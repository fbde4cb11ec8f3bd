"""The command line of the builder."""

import argparse
import logging
from pathlib import Path

from .supervisor import Supervisor


def main() -> None:
    """Run until a signal, or until the parent that holds the other end of stdin is gone."""
    parser = argparse.ArgumentParser(prog="python -m plugins.resident", description=__doc__)
    parser.add_argument("--settings", type=Path, default=Path("pelicanconf.py"))
    parser.add_argument("--content", type=Path, default=Path("content"))
    parser.add_argument("--site", type=Path, default=Path("var/site"))
    parser.add_argument(
        "--watch",
        type=Path,
        action="append",
        help="a folder the site is made of; instead of theme/ and plugins/ beside the settings",
    )
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("watchfiles").setLevel(logging.WARNING)
    beside = arguments.settings.absolute().parent
    watched = arguments.watch or [beside / "theme", beside / "plugins"]
    Supervisor(arguments.settings, arguments.content, arguments.site, watched).run()


if __name__ == "__main__":
    main()
