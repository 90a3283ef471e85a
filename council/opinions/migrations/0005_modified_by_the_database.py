"""``modified_at`` is kept, and changes are noted, by triggers."""

from django.db import migrations

from council.journal.mirroring import NOW, Mirrored, after_each, part_of, reaching, touching

# A draft is its author's, what is inside its organisation's; what was given is the council's or the answering office's.
SEEN_BY = """
CREATE FUNCTION opinion_seen_by(was opinions_opinion) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN was.state = 'draft' THEN was.author_id
        WHEN was.state IN ('shared', 'chosen', 'kept', 'merged') THEN was.organisation_id
        WHEN was.state = 'withdrawn' THEN NULL
        WHEN was.audience = 'council' AND was.hidden_at IS NULL THEN was.council_id
        ELSE (SELECT p.office_id FROM opinions_point p WHERE p.opinion_id = was.id AND p.office_id IS NOT NULL
              ORDER BY p.number LIMIT 1) END
$$;
CREATE FUNCTION opinion_seen_by(opinion uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT opinion_seen_by(o) FROM opinions_opinion o WHERE o.id = $1
$$;
CREATE FUNCTION answer_seen_by(disposition uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN d.released_at IS NULL THEN p.office_id ELSE opinion_seen_by(p.opinion_id) END
    FROM opinions_disposition d JOIN opinions_point p ON p.id = d.point_id WHERE d.id = $1
$$;
"""
UNSEEN = (
    "DROP FUNCTION answer_seen_by(uuid); DROP FUNCTION opinion_seen_by(uuid);"
    "DROP FUNCTION opinion_seen_by(opinions_opinion);"
)
OF_OPINION = "opinion_seen_by(was.opinion_id)"
SHOWN_STATE = "CASE WHEN {row}.state = 'answered' THEN 'triaged' ELSE {row}.state END"
POINTS = "(SELECT id FROM opinions_point WHERE opinion_id = $1)"
ANSWERS = f"(SELECT id FROM opinions_disposition WHERE point_id IN {POINTS})"

# What only those who answer are shown moves nothing for others, and is told those alone.
TABLES = (
    Mirrored(
        "opinions_consultation",
        "consultations",
        seen_by="CASE WHEN was.opened_at IS NULL THEN NULL ELSE was.council_id END",
        quiet=["answered", "said", "compared"],
    ),
    Mirrored(
        "opinions_opinion",
        "opinions",
        seen_by="opinion_seen_by(ROW(was.*)::opinions_opinion)",
        inside=["state"],
        alike=[SHOWN_STATE],
    ),
    Mirrored(
        "opinions_point",
        "points",
        seen_by=OF_OPINION,
        inside=["state", "tags", "waiting_for", "revision"],
        alike=[SHOWN_STATE],
    ),
    Mirrored(
        "opinions_disposition",
        "dispositions",
        seen_by="CASE WHEN was.released_at IS NULL"
        " THEN (SELECT p.office_id FROM opinions_point p WHERE p.id = was.point_id)"
        " ELSE (SELECT opinion_seen_by(p.opinion_id) FROM opinions_point p WHERE p.id = was.point_id) END",
    ),
    Mirrored("opinions_objection", "objections", seen_by="answer_seen_by(was.disposition_id)"),
    Mirrored(
        "opinions_redaction",
        "redactions",
        seen_by="(SELECT CASE WHEN was.approved_at IS NULL OR o.hidden_at IS NOT NULL THEN opinion_seen_by(o)"
        " WHEN o.state IN ('draft', 'shared', 'chosen', 'kept', 'merged', 'withdrawn') THEN opinion_seen_by(o)"
        " ELSE was.council_id END FROM opinions_opinion o WHERE o.id = was.opinion_id)",
    ),
    Mirrored("opinions_report", "reports", seen_by="was.by_id"),
    Mirrored("opinions_reply", "replies", seen_by="was.organisation_id"),
    Mirrored(
        "opinions_campaign",
        "campaigns",
        seen_by="(SELECT c.council_id FROM opinions_consultation c"
        " WHERE c.id = was.consultation_id AND c.opened_at IS NOT NULL)",
    ),
    Mirrored("opinions_answertemplate", "answer-templates", seen_by="NULL::uuid"),
    Mirrored("opinions_batch"),
    Mirrored("opinions_remark"),
    Mirrored("opinions_told"),
)

# A prepared answer changes its point and its opinion for those alone who answer; a published one for all.
OUT, HELD = "(SELECT point_id FROM changed WHERE released_at IS NOT NULL)", "FROM changed c WHERE c.released_at IS NULL"
INSIDE = "INSERT INTO journal_change (noun, thing_id, council_id, seen_by, inside, at)"
ANSWERED = (
    f"UPDATE opinions_point SET {NOW} WHERE id IN {OUT}",
    f"UPDATE opinions_opinion SET {NOW} WHERE id IN (SELECT opinion_id FROM opinions_point WHERE id IN {OUT})",
    f"{INSIDE} SELECT 'points', c.point_id, c.council_id, NULL, true, transaction_timestamp() {HELD}",
    f"{INSIDE} SELECT 'opinions', p.opinion_id, p.council_id, NULL, true, transaction_timestamp()"
    " FROM opinions_point p WHERE p.id IN (SELECT point_id FROM changed WHERE released_at IS NULL)",
)

REPLIED = "SELECT point_id FROM opinions_disposition WHERE id IN (SELECT disposition_id FROM changed)"
OBJECTED = (
    f"UPDATE opinions_disposition SET {NOW} WHERE id IN (SELECT disposition_id FROM changed)",
    f"UPDATE opinions_point SET {NOW} WHERE id IN ({REPLIED})",
    f"UPDATE opinions_opinion SET {NOW} WHERE id IN (SELECT opinion_id FROM opinions_point WHERE id IN ({REPLIED}))",
)

# Of a point, its opinion shows everything but what is inside; its office decides who else reads the opinion.
SHOWN = ["office_id", "due_on", "gist", "number", SHOWN_STATE]


class Migration(migrations.Migration):
    dependencies = [("opinions", "0004_answers_belong_to_points"), ("meetings", "0004_modified_by_the_database")]

    operations = [
        migrations.RunSQL(SEEN_BY, UNSEEN),
        *(operation for table in TABLES for operation in table.operations()),
        touching(
            "touch_opinion",
            [
                "opinions_point WHERE opinion_id = $1",
                f"opinions_disposition WHERE point_id IN {POINTS}",
                f"opinions_objection WHERE disposition_id IN {ANSWERS}",
                "opinions_redaction WHERE opinion_id = $1",
                "opinions_report WHERE opinion_id = $1",
                "opinions_campaign WHERE first_id = $1",
            ],
        ),
        touching(
            "touch_point",
            [
                "opinions_opinion WHERE id = (SELECT opinion_id FROM opinions_point WHERE id = $1)",
                "opinions_disposition WHERE point_id = $1",
            ],
        ),
        reaching(
            "opinions_opinion",
            [
                "audience",
                "hidden_at",
                "({row}.state IN ('draft', 'shared', 'chosen', 'kept', 'merged', 'withdrawn'))",
                "number",
                "kind",
                "proposed_text",
                "reason",
            ],
            "PERFORM touch_opinion(OLD.id)",
            name="opinion_reaches",
        ),
        reaching("opinions_point", SHOWN, "PERFORM touch_point(OLD.id)", name="point_reaches"),
        reaching(
            "opinions_consultation",
            ["opened_at"],
            f"UPDATE opinions_campaign SET {NOW} WHERE consultation_id = OLD.id",
            name="consultation_reaches",
        ),
        after_each("answer_reaches", "opinions_disposition", *ANSWERED),
        part_of("opinions_redaction", "opinions_opinion", "opinion_id"),
        after_each("objection_reaches", "opinions_objection", *OBJECTED),
        part_of("opinions_reply", "opinions_consultation", "consultation_id"),
        part_of("opinions_phase", "opinions_consultation", "consultation_id"),
    ]
