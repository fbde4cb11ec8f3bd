"""What a facilitator works from who edits the texts of an opportunity at the forge."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..domain.people import Person
from ..domain.phases import Opportunity, TextFile
from ..domain.pushes import Push
from ..storage.interface import Store
from .drafting import Draft, draft
from .finding import require_facilitator, the_opportunity

DRAFTED = ("summary", "agreement")


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of an opportunity by kind, each in its languages; what those that are not there
    yet would be drafted from; and the pushes that are not published yet."""

    opportunity: Opportunity
    by_kind: Mapping[str, list[TextFile]]
    draft: Draft | None  # None where nothing is left to draft
    coming: list[Push]

    def has(self, kind: str) -> bool:
        """Whether there is such a text."""
        return bool(self.by_kind.get(kind))


def texts(store: Store, person: Person, slug: str) -> Texts:
    """The texts of an opportunity, for who facilitates it. Raises NotFound, NotAllowed."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        require_facilitator(look, person, opportunity.id)
        coming = look.pushes_waiting()
    by_kind: dict[str, list[TextFile]] = {}
    for one in opportunity.texts:
        by_kind.setdefault(one.text, []).append(one)
    for several in by_kind.values():
        several.sort(key=lambda one: one.language != opportunity.language)
    missing = any(kind not in by_kind for kind in DRAFTED)
    drafted = draft(store, opportunity.slug) if missing else None
    return Texts(opportunity, by_kind, drafted, coming)
