"""Settings to publish the site on a static host: everything built anew, with absolute addresses."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from pelicanconf import *  # noqa: E402, F403
from pelicanconf import SERVICE_URL, SITEURL  # noqa: E402

if not SITEURL:
    raise SystemExit(
        "Publishing needs the address of the site: EMERGENCE_SITE_URL=https://… "
        "(and EMERGENCE_SERVICE_URL=https://… where the service has another)"
    )

DISCUSSION_URL = os.environ.get("EMERGENCE_DISCUSSION_URL", SERVICE_URL or SITEURL)
RELATIVE_URLS = False
DELETE_OUTPUT_DIRECTORY = True
LOAD_CONTENT_CACHE = False
