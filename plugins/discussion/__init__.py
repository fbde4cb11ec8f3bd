"""What people say of an opportunity, on its page: pulls discussions from the service, keeps a
snapshot of them and attaches them to articles as `article.discussion`.

Add "plugins.discussion" to PLUGINS, after the plugin that reads the opportunities if there is one.
Settings, with what they are when left out:

    DISCUSSION_URL = "http://127.0.0.1:8000"   where the service answers; "" asks nobody
    DISCUSSION_SNAPSHOT = "var/snapshot"       folder of the snapshot
    DISCUSSION_ARCHIVE = "discussions"         what `emergence archive` wrote, beside the content:
                                               shown while the service was never heard; "" is none
    DISCUSSION_REQUIRED = False                True: a service that is down fails the build;
                                               "unless-kept": only if nothing is in the snapshot
    DISCUSSION_TIMEOUT = 10                    seconds to wait for the service
    DISCUSSION_FEED_ATOM = "feeds/{slug}.discussion.atom.xml"   "" writes no feeds
    PERSON_URL = "people/{id}/"                PERSON_SAVE_AS = "people/{id}/index.html"
    SERVICE_URL = ""                           where its forms are for readers; "" = same origin
    CITATIONS_FORGIVEN = False                 what was withdrawn or hidden may still be cited

`{comment}ID` in a text cites a comment (docs/writing.md says how). Summary and agreement come in
points and clauses, as `article.settled` and `article.agreement` (settled.py); one that cites what
is not there, or nothing where it must, fails the build.

JINJA_ENVIRONMENT must turn autoescape on: names are people's own words. The build stops without.
"""

from pelican.plugins import signals

from .attaching import attach, set_defaults
from .generators import FeedsGenerator, PeopleGenerator


def _generators(pelican: object) -> tuple[type, ...]:
    return (PeopleGenerator, FeedsGenerator)


def register() -> None:
    """Connect to Pelican's signals; called by Pelican once in a process."""
    signals.initialized.connect(set_defaults)
    signals.all_generators_finalized.connect(attach)
    signals.get_generators.connect(_generators)
