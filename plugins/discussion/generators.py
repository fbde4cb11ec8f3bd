"""What is written besides the articles: a page for each person, a feed for each discussion."""

import logging
import os
from typing import Any

from pelican.generators import Generator, PelicanTemplateNotFound

from .discussions import Discussions
from .feeds import write_feed

logger = logging.getLogger(__name__)


class PeopleGenerator(Generator):  # type: ignore[misc]
    """Writes `person.html` for everybody who takes part in something.

    The template is given `person` and `taking_part`, a list of (article, person in its discussion).
    """

    def generate_output(self, writer: Any) -> None:
        """Write the pages of all people."""
        people = self._discussions.people()
        if not people:
            return
        try:
            self.get_template("person")
        except PelicanTemplateNotFound:
            logger.warning("The theme has no person.html; people are without pages")
            return
        for id in people:
            self.write_person(id, writer)

    @property
    def _discussions(self) -> Discussions:
        found: Discussions = self.context["discussions"]
        return found

    def write_person(self, id: str, writer: Any) -> None:
        """Write one person's page anew, or take it away when nobody is there any more."""
        save_as = self.settings["PERSON_SAVE_AS"].format(id=id)
        person = self._discussions.person(id)
        if person is None:
            path = os.path.join(self.output_path, save_as)
            if os.path.exists(path):
                os.unlink(path)
            return
        language = self._language(person.language)
        writer.write_file(
            save_as,
            self.get_template("person"),
            self.context,
            relative_urls=self.settings["RELATIVE_URLS"],
            url=self.settings["PERSON_URL"].format(id=id),
            lang=language,
            person=person,
            taking_part=self._discussions.taking_part(id, language),
        )

    def _language(self, theirs: str | None) -> str:
        known = theirs in self.settings.get("LANGUAGES", ())
        return str(theirs if known else self.settings["DEFAULT_LANG"])


class FeedsGenerator:
    """Writes the Atom feed of each discussion."""

    def __init__(self, context: dict[str, Any], settings: dict[str, Any], **_: Any) -> None:
        self.context = context
        self.settings = settings

    def generate_output(self, writer: Any) -> None:
        """Write the feeds of all discussions that are not of drafts."""
        for slug in self.context["discussions"].slugs():
            self.write_feed(slug, writer)

    def write_feed(self, slug: str, writer: Any) -> None:
        """Write one discussion's feed anew."""
        article = self.context["discussions"].articles(slug)[0]
        if article.discussion.feed_url:
            write_feed(article, self.context, writer)
