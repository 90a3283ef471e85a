"""``modified_at`` is kept, and changes are noted, by triggers."""

from django.db import migrations

from council.journal.mirroring import Mirrored, part_of, reaching, touching

# Who sees what came up at a meeting, under an item or none: the council, those entitled to a closed part, or officers.
SEEN_BY = """
CREATE FUNCTION matter_seen_by(meeting uuid, item uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN m.convened_at IS NULL OR i.visibility = 'officers' THEN NULL
        WHEN m.closed OR i.closed THEN m.id
        ELSE m.council_id END
    FROM meetings_meeting m LEFT JOIN meetings_agendaitem i ON i.id = $2 WHERE m.id = $1
$$;
CREATE FUNCTION attachment_seen_by(was documents_attachment) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN was.visibility = 'officers' THEN NULL
        WHEN EXISTS (SELECT FROM meetings_paper p WHERE p.attachment_id = was.id) THEN (
            SELECT matter_seen_by(i.meeting_id, i.id)
            FROM meetings_paper p JOIN meetings_agendaitem i ON i.id = p.item_id
            JOIN meetings_meeting m ON m.id = i.meeting_id
            WHERE p.attachment_id = was.id ORDER BY (i.closed OR m.closed) DESC LIMIT 1)
        WHEN was.document_id IS NULL THEN was.council_id
        ELSE (SELECT document_seen_by(d.id, d.council_id, d.owner_id)
              FROM documents_document d WHERE d.id = was.document_id) END
$$;
"""
UNSEEN = "DROP FUNCTION attachment_seen_by(documents_attachment); DROP FUNCTION matter_seen_by(uuid, uuid);"
ITEMS = "(SELECT id FROM meetings_agendaitem WHERE meeting_id = $1)"
INVITATIONS = "(SELECT id FROM meetings_invitation WHERE meeting_id = $1)"
PAPERS = "documents_attachment WHERE id IN (SELECT attachment_id FROM meetings_paper WHERE item_id"
OF_MEETING = "matter_seen_by(was.meeting_id, NULL)"
OF_ITEM = "matter_seen_by(was.meeting_id, was.item_id)"

TABLES = (
    Mirrored(
        "meetings_meeting",
        "meetings",
        seen_by="CASE WHEN was.convened_at IS NULL AND was.proposals_until IS NULL THEN NULL ELSE was.council_id END",
    ),
    Mirrored(
        "meetings_agendaitem",
        "agenda-items",
        seen_by="CASE WHEN was.visibility = 'officers' THEN NULL ELSE matter_seen_by(was.meeting_id, NULL) END",
    ),
    Mirrored("meetings_invitation", "invitations", seen_by=OF_MEETING),
    Mirrored(
        "meetings_alternate",
        "alternates",
        seen_by="(SELECT matter_seen_by(i.meeting_id, NULL) FROM meetings_invitation i WHERE i.id = was.invitation_id)",
    ),
    Mirrored(
        "meetings_recusal",
        "recusals",
        seen_by="CASE WHEN was.state = 'granted' THEN (SELECT matter_seen_by(i.meeting_id, i.id)"
        " FROM meetings_agendaitem i WHERE i.id = was.item_id) END",
    ),
    Mirrored("meetings_attendance", "attendance", seen_by=OF_MEETING),
    Mirrored("meetings_floorrequest", "floor-requests", seen_by=OF_ITEM),
    Mirrored("meetings_statement", "statements", seen_by=OF_ITEM),
    Mirrored("meetings_proposal", "proposals", seen_by="was.organisation_id"),
    Mirrored(
        "meetings_referral",
        "referrals",
        seen_by="(SELECT matter_seen_by(i.meeting_id, i.id) FROM meetings_agendaitem i WHERE i.id = was.item_id)",
    ),
    Mirrored("meetings_series", "series"),
    Mirrored("meetings_meetingtemplate", "meeting-templates", seen_by="NULL::uuid"),
    Mirrored("meetings_calendarfeed", quiet=["last_used_at"]),
    Mirrored("documents_attachment", "attachments", seen_by="attachment_seen_by(ROW(was.*)::documents_attachment)"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0003_minutes_have_left"),
        ("documents", "0002_modified_by_the_database"),
        ("journal", "0004_modified_by_the_database"),
    ]

    operations = [
        migrations.RunSQL(SEEN_BY, UNSEEN),
        *(operation for table in TABLES for operation in table.operations()),
        touching(
            "touch_meeting",
            [
                "meetings_agendaitem WHERE meeting_id = $1",
                "meetings_invitation WHERE meeting_id = $1",
                f"meetings_alternate WHERE invitation_id IN {INVITATIONS}",
                f"meetings_recusal WHERE item_id IN {ITEMS}",
                "meetings_attendance WHERE meeting_id = $1",
                "meetings_floorrequest WHERE meeting_id = $1",
                "meetings_statement WHERE meeting_id = $1",
                "meetings_proposal WHERE meeting_id = $1",
                f"meetings_referral WHERE item_id IN {ITEMS} OR taken_up_as_id IN {ITEMS}",
                f"{PAPERS} IN {ITEMS})",
            ],
        ),
        touching(
            "touch_agenda_item",
            [
                "meetings_recusal WHERE item_id = $1",
                "meetings_floorrequest WHERE item_id = $1",
                "meetings_statement WHERE item_id = $1",
                "meetings_proposal WHERE item_id = $1",
                "meetings_referral WHERE item_id = $1 OR taken_up_as_id = $1",
                f"{PAPERS} = $1)",
            ],
        ),
        reaching(
            "meetings_meeting",
            ["convened_at", "closed", "title", "(({row}.proposals_until IS NULL))"],
            "PERFORM touch_meeting(OLD.id)",
            name="meeting_reaches",
        ),
        reaching(
            "meetings_agendaitem",
            ["visibility", "closed", "meeting_id", "number", "title"],
            "PERFORM touch_agenda_item(OLD.id)",
            name="agenda_item_reaches",
        ),
        part_of("meetings_paper", "meetings_agendaitem", "item_id"),
        part_of("meetings_paper", "documents_attachment", "attachment_id"),
        part_of("meetings_alternate", "meetings_invitation", "invitation_id"),
    ]
