"""What follows from opinions and meetings: points, answers, replies, the journal, the change feed, notices."""

from contextlib import AbstractContextManager, nullcontext

from django.contrib.contenttypes.models import ContentType
from django.db import models

from bench.making.common import Maker, sibling
from bench.making.copying import derive, looked_at, run, without_indexes
from bench.making.said import MANY
from council.core.models import Resource
from council.documents.models import Passage
from council.journal.models import Change, Entry, Seal, Tombstone
from council.journal.verbs import Verb
from council.meetings.models import Meeting
from council.notifications.models import Notification
from council.opinions.models import (
    Batch,
    BatchRow,
    Campaign,
    Consultation,
    Disposition,
    Objection,
    Opinion,
    Point,
    Redaction,
    Remark,
    Reply,
    Report,
    Revision,
    Told,
)
from council.people.models import Membership

SEALED = 5000
"""Entries under one seal."""
GIVEN = "o.number IS NOT NULL"
VERDICTS = (
    "accepted", "accepted", "partly", "partly", "not_accepted", "not_accepted", "not_accepted", "longer_term",
    "already_reflected", "not_applicable",
)  # fmt: skip
BOTH = dict.fromkeys(("created_at", "modified_at"), "o.submitted_at")
OF_OPINION = {"council_id": "o.council_id", "opinion_id": "o.id", **BOTH}
OF_CONSULTATION = OF_OPINION | {"consultation_id": "o.consultation_id"}


def make(maker: Maker) -> None:
    """Make it."""
    looked_at(Passage, Membership, Opinion, Consultation, Meeting)
    _worked_on(maker)
    looked_at(Point)
    _answered(maker)
    _beside()
    _counted()
    looked_at(Disposition)
    _written_down(maker)
    looked_at(Entry)
    _told(maker)


def _in_bulk(maker: Maker, *of: type[models.Model]) -> AbstractContextManager[None]:
    return without_indexes(*of) if maker.shape.opinions >= MANY else nullcontext()


def _worked_on(maker: Maker) -> None:
    """Revisions as they were given; a point for each, a second one for some."""
    words = {name: f"o.{name}" for name in ("kind", "proposed_text", "reason", "audience")}
    by = "coalesce(o.author_id, o.recorded_by_id)"
    with _in_bulk(maker, Revision):
        columns = {"opinion_id": "o.id", "number": "1", "at": "o.submitted_at", "by_id": by, **words}
        derive(Revision, columns, f"opinions_opinion o WHERE {GIVEN}")
    state = "CASE o.state WHEN 'withdrawn' THEN 'submitted' ELSE o.state END"
    columns = OF_CONSULTATION | {
        "state": state,
        "office_id": f"CASE {state} WHEN 'submitted' THEN NULL ELSE c.office_id END",
        "due_on": f"CASE {state} WHEN 'submitted' THEN NULL ELSE o.submitted_at::date + 14 END",
        "waiting_for": "CASE o.state WHEN 'waiting' THEN '재정당국과의 협의 결과' ELSE '' END",
        "tags": "CASE WHEN mod(o.number, 9) = 0 THEN '{예산}' WHEN mod(o.number, 50) = 1 THEN '{표준}' ELSE '{}' END::varchar[]",
    }
    source = f"opinions_opinion o JOIN opinions_consultation c ON c.id = o.consultation_id WHERE {GIVEN}"
    with _in_bulk(maker, Point):
        derive(Point, columns | {"id": sibling("o.id", "b01")}, source)
        second = {"id": sibling("o.id", "b02"), "number": "2", "gist": "'국비 분담'"}
        derive(Point, columns | second, f"{source} AND mod(o.number, 50) = 7")


def _answered(maker: Maker) -> None:
    """Answers with reasons, released where the opinion is published; replies to some of them."""
    reasons = ", ".join(f"({number}, '{maker.words.text(1, 6)}')" for number in range(60))
    verdicts = ", ".join(f"'{verdict}'" for verdict in VERDICTS)
    at = "least(p.created_at + interval '12 days', transaction_timestamp())"
    columns = {
        "id": "overlay(p.id::text placing 'c' from 21)::uuid",
        "council_id": "p.council_id",
        "point_id": "p.id",
        "verdict": f"(ARRAY[{verdicts}])[1 + mod(o.number, 10)]",
        "reason": "r.reason",
        "changed_passage_id": "CASE WHEN mod(o.number, 10) < 4 THEN f.id END",
        "prepared_by_id": "s.user_id",
        "office_id": "p.office_id",
        "released_at": f"CASE p.state WHEN 'published' THEN {at} END",
        "created_at": at,
        "modified_at": at,
    }
    source = (
        "opinions_point p JOIN opinions_opinion o ON o.id = p.opinion_id"
        f" JOIN (VALUES {reasons}) r (number, reason) ON r.number = mod(o.number, 60)"
        " JOIN documents_passage f ON f.identity = o.passage_id AND f.id <> o.passage_id"
        " JOIN people_membership s ON s.council_id = p.council_id AND s.organisation_id = p.office_id"
        " WHERE p.state IN ('answered', 'published')"
    )
    with _in_bulk(maker, Disposition):
        derive(Disposition, columns, source)
    columns = {
        "id": "overlay(d.id::text placing 'd' from 21)::uuid",
        "council_id": "d.council_id",
        "disposition_id": "d.id",
        "text": "'다시 보아 주십시오.'",
        "raised_by_id": "o.author_id",
        "raised_at": "d.released_at",
        "created_at": "d.released_at",
        "modified_at": "d.released_at",
    }
    source = (
        "opinions_disposition d JOIN opinions_point p ON p.id = d.point_id JOIN opinions_opinion o ON o.id = p.opinion_id"
        " WHERE d.released_at IS NOT NULL AND o.author_id IS NOT NULL AND mod(o.number, 40) = 3"
    )
    derive(Objection, columns, source)


def _beside() -> None:
    """Organisations' replies, remarks, public forms, reports, letters, campaigns, steps on the board."""
    by = "coalesce(o.author_id, o.recorded_by_id)"
    secretary = "JOIN LATERAL (SELECT user_id FROM people_membership s WHERE s.council_id = o.council_id AND s.role = 'secretary' ORDER BY s.id LIMIT 1) s ON true"
    first = "(SELECT DISTINCT ON (consultation_id, organisation_id) * FROM opinions_opinion WHERE number IS NOT NULL"
    first += " ORDER BY consultation_id, organisation_id, number) o"
    columns = {name: value for name, value in OF_CONSULTATION.items() if name != "opinion_id"}
    columns |= {
        "id": sibling("o.id", "e01"),
        "organisation_id": "o.organisation_id",
        "at": "o.submitted_at",
        "by_id": by,
    }
    derive(Reply, columns | {"membership_id": "o.membership_id"}, first, kind="opinions")
    inside = OF_OPINION | {"id": sibling("o.id", "e02"), "organisation_id": "o.organisation_id", "by_id": "o.author_id"}
    inside |= {"created_at": "o.created_at", "modified_at": "o.created_at"}
    derive(
        Remark, inside, "opinions_opinion o WHERE o.state IN ('shared', 'chosen', 'kept')", text="한 줄 더 넣읍시다."
    )
    columns = OF_OPINION | {
        "id": sibling("o.id", "e03"),
        "prepared_by_id": "s.user_id",
        "approved_by_id": "o.author_id",
    }
    source = f"opinions_opinion o {secretary} WHERE {GIVEN} AND o.audience = 'confidential' AND mod(o.number, 2) = 0"
    columns["approved_at"] = "o.submitted_at"
    derive(Redaction, columns, f"{source} AND o.author_id IS NOT NULL", reason="불량률이 높습니다.", by_officers=True)
    reported = OF_CONSULTATION | {"id": sibling("o.id", "e04"), "by_id": "s.user_id"}
    reported["handled_at"] = "CASE WHEN o.hidden_at IS NULL THEN NULL ELSE o.submitted_at END"
    source = f"opinions_opinion o {secretary} WHERE {GIVEN}"
    derive(Report, reported, f"{source} AND (mod(o.number, 400) = 5 OR o.hidden_at IS NOT NULL)", reason="비방입니다.")
    told = OF_OPINION | {"id": sibling("o.id", "e05"), "by_id": "s.user_id", "on": "o.submitted_at::date + 15"}
    derive(Told, told, f"{source} AND o.source = 'paper' AND o.state = 'published'", channel="letter")
    _campaigns()
    _steps(secretary)


def _campaigns() -> None:
    columns = {"id": "overlay(first::text placing 'e06' from 21)::uuid", "council_id": "council_id", "size": "size"}
    columns |= {"consultation_id": "consultation_id", "first_id": "first", "created_at": "at", "modified_at": "at"}
    alike = (
        "(SELECT council_id, consultation_id, (array_agg(id ORDER BY number))[1] AS first, count(*) AS size,"
        " min(submitted_at) AS at FROM opinions_opinion WHERE number IS NOT NULL"
        " GROUP BY council_id, consultation_id, md5(reason) HAVING count(*) >= 3) alike"
    )
    derive(Campaign, columns, alike)
    run(
        "UPDATE opinions_opinion o SET campaign_id = c.id FROM opinions_campaign c JOIN opinions_opinion f"
        " ON f.id = c.first_id WHERE o.consultation_id = c.consultation_id AND o.reason = f.reason AND o.number IS NOT NULL"
    )


def _steps(secretary: str) -> None:
    """One step on the first hundred opinions of each consultation."""
    at = dict.fromkeys(("created_at", "modified_at"), "c.opened_at + interval '20 days'")
    columns = {"id": "overlay(c.id::text placing 'e07' from 21)::uuid", "council_id": "c.council_id", **at}
    columns |= {"consultation_id": "c.id", "by_id": "s.user_id"}
    source = f"opinions_consultation c {secretary.replace('o.council_id', 'c.council_id')}"
    derive(Batch, columns, source, step="triage", applied=100, total=100)
    columns = {"batch_id": "overlay(o.consultation_id::text placing 'e07' from 21)::uuid", "point_id": "p.id"}
    source = "opinions_opinion o JOIN opinions_point p ON p.opinion_id = o.id AND p.number = 1"
    derive(BatchRow, columns, f"{source} WHERE o.number <= 100", revision=2)


def _counted() -> None:
    """The consultations' counters."""
    run(
        "UPDATE opinions_consultation c SET submitted = n.submitted, answered = n.answered, published = n.published,"
        " said = n.submitted, compared = n.submitted FROM (SELECT consultation_id, count(*) AS submitted,"
        " count(*) FILTER (WHERE state IN ('answered', 'published')) AS answered,"
        " count(*) FILTER (WHERE state = 'published') AS published FROM opinions_opinion"
        " WHERE number IS NOT NULL AND state <> 'withdrawn' GROUP BY consultation_id) n WHERE n.consultation_id = c.id"
    )


def _written_down(maker: Maker) -> None:
    """The journal in order of time, its seals, and the notes of the change feed."""
    opinion, consultation, meeting = (_type(model) for model in (Opinion, Consultation, Meeting))
    title = "jsonb_build_object('number', o.number, 'title', c.title)"
    happened = (
        f"SELECT o.submitted_at AS at, '{Verb.OPINION_SUBMITTED}' AS verb, o.author_id AS actor_id, o.organisation_id,"
        f" o.council_id, {opinion} AS target_type_id, o.id AS target_id, {title} AS data"
        f" FROM opinions_opinion o JOIN opinions_consultation c ON c.id = o.consultation_id WHERE {GIVEN}"
        f" UNION ALL SELECT d.released_at, '{Verb.ANSWER_RELEASED}', d.prepared_by_id, NULL, d.council_id, {opinion},"
        " p.opinion_id, jsonb_build_object('title', c.title) FROM opinions_disposition d JOIN opinions_point p"
        " ON p.id = d.point_id AND p.number = 1 JOIN opinions_consultation c ON c.id = p.consultation_id"
        " WHERE d.released_at IS NOT NULL"
        f" UNION ALL SELECT opened_at, '{Verb.CONSULTATION_OPENED}', NULL, NULL, council_id, {consultation}, id,"
        " jsonb_build_object('title', title) FROM opinions_consultation"
        f" UNION ALL SELECT convened_at, '{Verb.MEETING_CONVENED}', NULL, NULL, council_id, {meeting}, id,"
        " jsonb_build_object('title', title, 'starts_at', starts_at, 'place', place) FROM meetings_meeting"
    )
    names = ("at", "verb", "actor_id", "organisation_id", "council_id", "target_type_id", "target_id", "data")
    columns = {name: name for name in names}
    columns |= {"dispatched_at": "at", "seal_id": f"1 + (row_number() OVER (ORDER BY at) - 1) / {SEALED}"}
    with _in_bulk(maker, Entry):
        derive(Entry, columns, f"({happened}) happened ORDER BY at")
    sealed = "(SELECT seal_id, max(at) AS at, count(*) AS entries FROM journal_entry GROUP BY seal_id) s"
    derive(Seal, {"id": "seal_id", "sealed_at": "at", "entries": "entries"}, sealed, digest=bytes(32))
    run("SELECT setval(pg_get_serial_sequence('journal_seal', 'id'), max(id)) FROM journal_seal")
    changed = " UNION ALL ".join(
        f"SELECT '{noun}' AS noun, id AS thing_id, council_id, modified_at AS at FROM {model._meta.db_table}"
        for noun, model in {
            "opinions": Opinion,
            "points": Point,
            "dispositions": Disposition,
            "meetings": Meeting,
        }.items()
    )
    columns = {name: name for name in ("noun", "thing_id", "council_id", "at")} | {"seen_by": "thing_id"}
    columns["seal_id"] = "ntile(greatest((SELECT max(id) FROM journal_seal), 1)::int) OVER (ORDER BY at)"
    with _in_bulk(maker, Change):
        derive(Change, columns, f"({changed}) changed ORDER BY at")
    gone = {
        "thing_id": sibling("o.id", "f01"),
        "council_id": "o.council_id",
        "seen_by": "o.author_id",
        "deleted_at": "o.created_at",
    }
    derive(Tombstone, gone, "opinions_opinion o WHERE mod(o.number, 50) = 11", noun="opinions")


def _told(maker: Maker) -> None:
    """Notices on screen and mails: to secretaries of what came in, to authors of answers, to members of meetings."""
    secretaries = "JOIN people_membership m ON m.council_id = e.council_id AND m.role = 'secretary'"
    overseer = "(SELECT user_id FROM people_membership WHERE role = 'secretary' GROUP BY user_id HAVING count(*) > 1)"
    to = {
        Verb.OPINION_SUBMITTED: ("m.user_id", f"{secretaries} AND m.user_id NOT IN {overseer}", ["screen"]),
        Verb.ANSWER_RELEASED: ("o.author_id", "JOIN opinions_opinion o ON o.id = e.target_id", ["screen", "mail"]),
        Verb.MEETING_CONVENED: (
            "m.user_id",
            "JOIN people_membership m ON m.council_id = e.council_id",
            ["screen", "mail"],
        ),
    }
    with _in_bulk(maker, Notification):
        for verb, (who, joined, channels) in to.items():
            for channel in channels:
                read = (
                    "CASE WHEN mod(e.id, 10) > 0 THEN e.at + interval '1 day' END"
                    if channel == "screen"
                    else "NULL::timestamptz"
                )
                sent = "NULL::timestamptz" if channel == "screen" else "e.at"
                columns = {
                    "entry_id": "e.id",
                    "recipient_id": who,
                    "created_at": "e.at",
                    "read_at": read,
                    "sent_at": sent,
                }
                source = f"(SELECT DISTINCT ON (e.id, {who}) e.*, {who} AS who FROM journal_entry e {joined}"
                source += f" WHERE e.verb = '{verb}' AND {who} IS NOT NULL) e ORDER BY e.id"
                derive(Notification, columns | {"recipient_id": "e.who"}, source, channel=channel)


def _type(model: type[Resource]) -> int:
    return ContentType.objects.get_for_model(model).pk
