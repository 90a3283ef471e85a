"""``modified_at`` is kept, and changes are noted, by triggers."""

from django.db import migrations

from council.journal.mirroring import NOW, Mirrored, part_of, reaching, touching

SEEN_BY = """
CREATE FUNCTION minutes_seen_by(minutes uuid, closed boolean) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN r.circulated_at IS NULL THEN NULL
        WHEN r.approved_at IS NULL OR $2 THEN r.meeting_id
        ELSE matter_seen_by(r.meeting_id, NULL) END
    FROM decisions_minutes r WHERE r.id = $1
$$;
"""
UNSEEN = "DROP FUNCTION minutes_seen_by(uuid, boolean);"
OF_ITEM = "matter_seen_by(was.meeting_id, was.item_id)"
MINUTES = "(SELECT id FROM decisions_minutes WHERE meeting_id = $1)"
SECTIONS = f"(SELECT id FROM decisions_section WHERE minutes_id IN {MINUTES})"
RECORDED = "documents_attachment WHERE id IN (SELECT attachment_id FROM decisions_recording WHERE"

# How a secret vote moves the urn is noted nowhere, and moves nothing.
TABLES = (
    Mirrored("decisions_ballot", "ballots", seen_by=OF_ITEM, quiet=["urn"]),
    Mirrored("decisions_decision", "decisions", seen_by=OF_ITEM),
    Mirrored("decisions_action", "actions", seen_by=OF_ITEM, quiet=["reminded_on", "escalated_on"]),
    Mirrored(
        "decisions_minutes",
        "minutes",
        seen_by="CASE WHEN was.circulated_at IS NULL THEN NULL WHEN was.approved_at IS NULL THEN was.meeting_id"
        " ELSE matter_seen_by(was.meeting_id, NULL) END",
    ),
    Mirrored("decisions_section", "sections", seen_by="minutes_seen_by(was.minutes_id, was.closed)"),
    Mirrored(
        "decisions_correction",
        "corrections",
        seen_by="(SELECT minutes_seen_by(s.minutes_id, s.closed) FROM decisions_section s WHERE s.id = was.section_id)",
    ),
    Mirrored("decisions_recording", "recordings", seen_by="CASE WHEN was.released THEN was.meeting_id END"),
    Mirrored("decisions_annex"),
)


class Migration(migrations.Migration):
    dependencies = [("decisions", "0003_recording_ends"), ("opinions", "0005_modified_by_the_database")]

    operations = [
        migrations.RunSQL(SEEN_BY, UNSEEN),
        *(operation for table in TABLES for operation in table.operations()),
        touching(
            "touch_outcomes",
            [
                "decisions_ballot WHERE meeting_id = $1",
                "decisions_decision WHERE meeting_id = $1",
                "decisions_action WHERE meeting_id = $1",
                "decisions_minutes WHERE meeting_id = $1",
                f"decisions_section WHERE minutes_id IN {MINUTES}",
                f"decisions_correction WHERE section_id IN {SECTIONS}",
                "decisions_recording WHERE meeting_id = $1",
                f"{RECORDED} meeting_id = $1)",
            ],
        ),
        touching(
            "touch_outcomes_of_item",
            [
                "decisions_ballot WHERE item_id = $1",
                "decisions_decision WHERE item_id = $1",
                "decisions_action WHERE item_id = $1",
                "decisions_section WHERE item_id = $1",
                "decisions_correction WHERE section_id IN (SELECT id FROM decisions_section WHERE item_id = $1)",
            ],
        ),
        touching(
            "touch_minutes",
            [
                "decisions_section WHERE minutes_id = $1",
                "decisions_correction WHERE section_id IN (SELECT id FROM decisions_section WHERE minutes_id = $1)",
            ],
        ),
        reaching(
            "meetings_meeting",
            ["convened_at", "closed", "title"],
            "PERFORM touch_outcomes(OLD.id)",
            name="meeting_reaches_outcomes",
        ),
        reaching(
            "meetings_agendaitem",
            ["visibility", "closed", "meeting_id", "number", "title"],
            "PERFORM touch_outcomes_of_item(OLD.id)",
            name="agenda_item_reaches_outcomes",
        ),
        reaching(
            "decisions_minutes",
            ["circulated_at", "approved_at"],
            "PERFORM touch_minutes(OLD.id)",
            name="minutes_reach",
        ),
        reaching(
            "decisions_section",
            ["closed", "item_id", "heading"],
            f"UPDATE decisions_correction SET {NOW} WHERE section_id = OLD.id",
            name="section_reaches",
        ),
        part_of("decisions_annex", "decisions_minutes", "minutes_id"),
        part_of("decisions_decision_passages", "decisions_decision", "decision_id"),
        part_of("decisions_decision_opinions", "decisions_decision", "decision_id"),
        part_of("decisions_actionreport", "decisions_action", "action_id"),
        part_of("decisions_actionreport", "documents_attachment", "evidence_id"),
        part_of("decisions_recording", "documents_attachment", "attachment_id"),
    ]
