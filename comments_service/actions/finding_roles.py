"""Finding a role, or refusing in words; and the bounds of what one may say of it."""

from .. import errors
from ..domain.ids import looks_like_id
from ..domain.people import Person
from ..domain.phases import Opportunity
from ..domain.team import LONGEST_TITLE, LONGEST_WORDS, Role, roles_are_open
from ..gettext import N_
from ..markup import to_html
from ..storage.interface import Reading, Store
from .finding import a_line, a_text, check_open, the_opportunity


class RoleWords:
    """What a role is called and says, checked, and its HTML made before any transaction."""

    def __init__(self, title: str, words: str) -> None:
        self.title = title
        self.words = words
        self.html = to_html(words) if words else ""

    @classmethod
    def of(cls, title: object, words: object) -> "RoleWords":
        """Raises Invalid."""
        line = a_line(title, "title", longest=LONGEST_TITLE)
        given = not isinstance(words, str) or words.strip()
        return cls(line, a_text(words, longest=LONGEST_WORDS, field="words") if given else "")


def find_role(store: Store, id: str) -> Role:
    """The role with this id. Raises NotFound."""
    with store.reading() as look:
        return the_role(look, id)


def the_role(look: Reading, id: str) -> Role:
    """The role with this id. Raises NotFound."""
    role = look.role(id) if looks_like_id(id) else None
    if role is None:
        raise errors.NotFound(N_("There is no such role."))
    return role


def check_roles_open(opportunity: Opportunity) -> None:
    """Raise Closed or Conflict while nobody may claim, propose or support roles."""
    check_open(opportunity)
    if not roles_are_open(opportunity):
        raise errors.Conflict(
            N_(
                "Roles open with the convergence. Until then nothing has to be settled: "
                "say in the discussion what you would like to do."
            )
        )


def opportunity_with_roles(look: Reading, slug: str) -> Opportunity:
    """The opportunity called `slug`, if roles are open. Raises NotFound, Closed, Conflict."""
    opportunity = the_opportunity(look, slug)
    check_roles_open(opportunity)
    return opportunity


def opportunity_of(look: Reading, role: Role) -> Opportunity:
    """Where a role belongs."""
    opportunity = look.opportunity_by_id(role.opportunity_id)
    assert opportunity is not None  # noqa: S101 - a foreign key holds it
    return opportunity


def own_role(look: Reading, person: Person, id: str) -> Role:
    """The person's role with this id. Raises NotFound, NotAllowed."""
    role = the_role(look, id)
    if role.person_id != person.id:
        raise errors.NotAllowed(N_("Only the person whose role it is can do that."))
    return role


def role_of_that_name(
    look: Reading, opportunity: Opportunity, person_id: str, title: str
) -> Role | None:
    """The role of that name that the person holds, or may take."""
    same = _of_that_name(look, opportunity, person_id, title)
    return next((role for role in same if not role.over), None)


def was_declined(look: Reading, opportunity: Opportunity, person_id: str, title: str) -> bool:
    """Whether a role of that name was proposed to the person, whoever did, and declined."""
    return any(role.declined for role in _of_that_name(look, opportunity, person_id, title))


def _of_that_name(
    look: Reading, opportunity: Opportunity, person_id: str, title: str
) -> list[Role]:
    roles = (r for r in look.roles_of(person_id) if r.opportunity_id == opportunity.id)
    return [role for role in roles if role.title.casefold() == title.casefold()]
