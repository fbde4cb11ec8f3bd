"""Writes the pages of agreements."""

from typing import Any

from pelican.generators import Generator

INDEX = "index.html"


class AgreementsGenerator(Generator):  # type: ignore[misc]  # Pelican has no types
    """Writes `agreement.html` for every language version of an opportunity that has one."""

    def generate_output(self, writer: Any) -> None:
        """Write the pages of all agreements."""
        discussions = self.context["discussions"]
        for slug in discussions.slugs():
            for article in discussions.articles(slug):
                self.write_agreement(article, writer)

    def write_agreement(self, article: Any, writer: Any) -> None:
        """Write the page of one agreement anew, if there is one."""
        if article.agreement is None or not article.save_as.endswith(f"/{INDEX}"):
            return
        page = self.settings["AGREEMENT_PAGE"]
        writer.write_file(
            f"{article.save_as.removesuffix(INDEX)}{page}{INDEX}",
            self.get_template("agreement"),
            self.context,
            relative_urls=self.settings["RELATIVE_URLS"],
            url=f"{article.url}{page}",
            article=article,
        )
