"""Rows of the database to dataclasses of the domain, and back."""

import json
import sqlite3
from dataclasses import asdict
from datetime import datetime
from typing import Any

from ..domain.access import Grant, Scope
from ..domain.bounces import Bounce
from ..domain.discussion import Comment, Door, State
from ..domain.following import Dose, Following
from ..domain.incoming import Fate, Incoming
from ..domain.letters import Kind, Letter
from ..domain.people import Answer, Capacity, Invitation, Participant, Person, Status
from ..domain.phases import Opportunity, Phase, TextFile, Update
from ..domain.times import from_text, to_text

Row = sqlite3.Row
Values = dict[str, Any]


def maybe_moment(text: str | None) -> datetime | None:
    return from_text(text) if text else None


def maybe_text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None


def opportunity_from(row: Row) -> Opportunity:
    return Opportunity(
        id=row["id"],
        slug=row["slug"],
        title=row["title"],
        language=row["language"],
        phase=Phase(row["phase"]),
        url=row["url"],
        facilitator=row["facilitator"],
        updates=tuple(_update_from(update) for update in json.loads(row["updates"])),
        gone=bool(row["gone"]),
        agreement=row["agreement"],
        agreement_commit=row["agreement_commit"],
        agreement_url=row["agreement_url"],
        changes=tuple(json.loads(row["changes"])),
        in_short=row["in_short"],
        folder=row["folder"],
        texts=tuple(TextFile(**kept) for kept in json.loads(row["texts"])),
    )


def _update_from(kept: Values) -> Update:
    lists = {name: tuple(kept.get(name, ())) for name in ("aliases", "renamed")}
    return Update(**kept | lists)


def opportunity_values(opportunity: Opportunity) -> Values:
    updates = [asdict(update) for update in opportunity.updates]
    return {
        "id": opportunity.id,
        "slug": opportunity.slug,
        "title": opportunity.title,
        "language": opportunity.language,
        "phase": opportunity.phase.value,
        "url": opportunity.url,
        "facilitator": opportunity.facilitator,
        "updates": json.dumps(updates, ensure_ascii=False),
        "gone": int(opportunity.gone),
        "agreement": opportunity.agreement,
        "agreement_commit": opportunity.agreement_commit,
        "agreement_url": opportunity.agreement_url,
        "changes": json.dumps(opportunity.changes),
        "in_short": opportunity.in_short,
        "folder": opportunity.folder,
        "texts": json.dumps([asdict(one) for one in opportunity.texts], ensure_ascii=False),
    }


def person_from(row: Row, prefix: str = "") -> Person:
    return Person(
        id=row[f"{prefix}id"],
        name=row[f"{prefix}name"],
        email=row[f"{prefix}email"],
        language=row[f"{prefix}language"],
        status=Status(row[f"{prefix}status"]),
        know_how=row[f"{prefix}know_how"],
        facilitates=bool(row[f"{prefix}facilitates"]),
        time_zone=row[f"{prefix}time_zone"],
        unreachable=maybe_moment(row[f"{prefix}unreachable_at"]),
        answers_since=maybe_moment(row[f"{prefix}answers_since"]),
        links=tuple(json.loads(row[f"{prefix}links"])),
        tags=tuple(json.loads(row[f"{prefix}tags"])),
        erased=maybe_moment(row[f"{prefix}erased_at"]),
    )


def person_values(person: Person) -> Values:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "language": person.language,
        "status": person.status.value,
        "know_how": person.know_how,
        "facilitates": int(person.facilitates),
        "time_zone": person.time_zone,
        "unreachable_at": maybe_text(person.unreachable),
        "answers_since": maybe_text(person.answers_since),
        "links": json.dumps(person.links, ensure_ascii=False),
        "tags": json.dumps(person.tags, ensure_ascii=False),
        "erased_at": maybe_text(person.erased),
    }


def participant_from(row: Row) -> Participant:
    return Participant(
        opportunity_id=row["opportunity_id"],
        person=person_from(row),
        capacity=Capacity(row["capacity"]),
        introduction=row["introduction"],
        introduction_html=row["introduction_html"],
        introduction_public=bool(row["introduction_public"]),
        joined=maybe_moment(row["joined_at"]),
        left=maybe_moment(row["left_at"]),
        introduced_by=row["introduced_by"],
        introduction_seen=row["introduction_seen"],
    )


def participant_values(participant: Participant) -> Values:
    return {
        "opportunity_id": participant.opportunity_id,
        "person_id": participant.person.id,
        "capacity": participant.capacity.value,
        "introduction": participant.introduction,
        "introduction_html": participant.introduction_html,
        "introduction_public": int(participant.introduction_public),
        "joined_at": maybe_text(participant.joined),
        "left_at": maybe_text(participant.left),
        "introduced_by": participant.introduced_by,
        "introduction_seen": participant.introduction_seen,
    }


def invitation_from(row: Row) -> Invitation:
    return Invitation(
        id=row["invitation_id"],
        opportunity_id=row["opportunity_id"],
        person=person_from(row),
        invited_by=person_from(row, "by_"),
        why=row["why"],
        sent=from_text(row["invited_at"]),
        answer=Answer(row["answer"]) if row["answer"] else None,
        answered=maybe_moment(row["answered_at"]),
        looked=maybe_moment(row["looked_at"]),
        reminded=maybe_moment(row["reminded_at"]),
    )


def comment_from(row: Row) -> Comment:
    return Comment(
        id=row["id"],
        opportunity_id=row["opportunity_id"],
        author_id=row["author_id"],
        text=row["text"],
        html=row["html"],
        state=State(row["state"]),
        door=Door(row["door"]),
        message_id=row["message_id"],
        written=from_text(row["written_at"]),
        edited=maybe_moment(row["edited_at"]),
        parent_id=row["parent_id"],
        update=row["update_slug"],
        introduces=row["introduces"],
    )


def comment_values(comment: Comment) -> Values:
    return {
        "id": comment.id,
        "opportunity_id": comment.opportunity_id,
        "author_id": comment.author_id,
        "text": comment.text,
        "html": comment.html,
        "state": comment.state.value,
        "door": comment.door.value,
        "message_id": comment.message_id,
        "written_at": to_text(comment.written),
        "edited_at": maybe_text(comment.edited),
        "parent_id": comment.parent_id,
        "update_slug": comment.update,
        "introduces": comment.introduces,
    }


def grant_from(row: Row) -> Grant:
    return Grant(
        id=row["id"],
        scope=Scope(row["scope"]),
        person_id=row["person_id"],
        created=from_text(row["created_at"]),
        expires=from_text(row["expires_at"]),
        subject=row["subject"],
        label=row["label"],
        ended=maybe_moment(row["ended_at"]),
    )


def grant_values(grant: Grant) -> Values:
    return {
        "id": grant.id,
        "scope": grant.scope.value,
        "person_id": grant.person_id,
        "created_at": to_text(grant.created),
        "expires_at": to_text(grant.expires),
        "subject": grant.subject,
        "label": grant.label,
        "ended_at": maybe_text(grant.ended),
    }


def letter_from(row: Row) -> Letter:
    return Letter(
        id=row["id"],
        kind=Kind(row["kind"]),
        person_id=row["person_id"],
        message_id=row["message_id"],
        created=from_text(row["created_at"]),
        due=maybe_moment(row["due_at"]),
        opportunity_id=row["opportunity_id"],
        subject=row["subject"],
        tries=row["tries"],
        error=row["error"],
        sent=maybe_moment(row["sent_at"]),
    )


def letter_values(letter: Letter) -> Values:
    return {
        "id": letter.id,
        "kind": letter.kind.value,
        "person_id": letter.person_id,
        "message_id": letter.message_id,
        "opportunity_id": letter.opportunity_id,
        "subject": letter.subject,
        "created_at": to_text(letter.created),
        "due_at": maybe_text(letter.due),
    }


def following_from(row: Row) -> Following:
    return Following(
        opportunity_id=row["opportunity_id"],
        person_id=row["person_id"],
        since=from_text(row["since"]),
        dose=Dose(row["dose"]),
        seen=row["seen"],
        digested=maybe_moment(row["digested_at"]),
        ended=maybe_moment(row["ended_at"]),
    )


def following_values(following: Following) -> Values:
    return {
        "opportunity_id": following.opportunity_id,
        "person_id": following.person_id,
        "since": to_text(following.since),
        "dose": following.dose.value,
        "seen": following.seen,
        "digested_at": maybe_text(following.digested),
        "ended_at": maybe_text(following.ended),
    }


def incoming_from(row: Row) -> Incoming:
    return Incoming(
        id=row["id"],
        received=from_text(row["received_at"]),
        door=row["door"],
        sender=row["sender"],
        recipient=row["recipient"],
        digest=row["digest"],
        fate=Fate(row["fate"]),
        reason=row["reason"],
        message_id=row["message_id"],
        answers=row["answers"],
        words=row["words"],
        cut=row["cut"],
        person_id=row["person_id"],
        opportunity_id=row["opportunity_id"],
        comment_id=row["comment_id"],
        settled=maybe_moment(row["settled_at"]),
        values=json.loads(row["reason_values"]),
    )


def incoming_values(incoming: Incoming) -> Values:
    return {
        "id": incoming.id,
        "received_at": to_text(incoming.received),
        "door": incoming.door,
        "sender": incoming.sender,
        "recipient": incoming.recipient,
        "digest": incoming.digest,
        "fate": incoming.fate.value,
        "reason": incoming.reason,
        "message_id": incoming.message_id,
        "answers": incoming.answers,
        "words": incoming.words,
        "cut": incoming.cut,
        "person_id": incoming.person_id,
        "opportunity_id": incoming.opportunity_id,
        "comment_id": incoming.comment_id,
        "settled_at": maybe_text(incoming.settled),
        "reason_values": json.dumps(dict(incoming.values), default=str),
    }


def bounce_from(row: Row) -> Bounce:
    return Bounce(row["person_id"], from_text(row["at"]), bool(row["permanent"]), row["status"])


def bounce_values(bounce: Bounce) -> Values:
    return {
        "person_id": bounce.person_id,
        "day": to_text(bounce.at)[:10],
        "at": to_text(bounce.at),
        "permanent": int(bounce.permanent),
        "status": bounce.status,
    }
