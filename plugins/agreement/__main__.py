"""The command line: an agreement's page, out of a built site, as a PDF."""

import argparse
import os
import sys
from pathlib import Path

from .pdf import Refusal, write_pdf


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 written, 1 not written (it says why), 2 called wrongly."""
    parser = argparse.ArgumentParser(prog="python -m plugins.agreement", description=__doc__)
    parser.add_argument("slug", help="the opportunity")
    parser.add_argument("--output", type=Path, help="the file to write; instead of SLUG.pdf")
    parser.add_argument("--lang", help="a translation, such as fr; instead of the original")
    parser.add_argument(
        "--site",
        type=Path,
        default=_site(),
        help="the folder of the built site; instead of %(default)s",
    )
    given = parser.parse_args(arguments)
    output = given.output or Path(f"{given.slug}.pdf")
    try:
        write_pdf(given.site, given.slug, output, given.lang)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    sys.stdout.write(f"{output}\n")
    return 0


def _site() -> Path:
    """What the resident builder serves, else what Pelican built."""
    served = Path(os.environ.get("EMERGENCE_DATA") or "var") / "site" / "current"
    return served if served.is_dir() else Path("output")


if __name__ == "__main__":
    sys.exit(main())
