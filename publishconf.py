"""Settings to publish the site on a static host: everything built anew, with absolute addresses.

The discussions are pulled from EMERGENCE_SERVICE_URL while the site is built; what was heard is
kept in EMERGENCE_DATA/snapshot, for a build that nobody answers. docs/hosting.md: on three hosts.
"""

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

# Whether a service that does not answer fails the build, and so leaves the published site as it is.
_ANSWERS = {"no": False, "unless-kept": "unless-kept", "yes": True}
_REQUIRED = os.environ.get("EMERGENCE_DISCUSSION_REQUIRED") or "no"
if _REQUIRED not in _ANSWERS:
    raise SystemExit("EMERGENCE_DISCUSSION_REQUIRED takes no, unless-kept or yes")

DISCUSSION_URL = os.environ.get("EMERGENCE_DISCUSSION_URL", SERVICE_URL or SITEURL)
DISCUSSION_REQUIRED = _ANSWERS[_REQUIRED]
RELATIVE_URLS = False
DELETE_OUTPUT_DIRECTORY = True
CACHE_CONTENT = LOAD_CONTENT_CACHE = False
