"""``modified_at`` is kept, and changes are noted, by triggers."""

from django.db import migrations

from council.journal.mirroring import Mirrored, part_of, reaching, touching

# Those in whose versions someone writes are told of what only they had seen.
SEEN_BY = """
CREATE FUNCTION version_seen_by(version uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN v.published_at IS NULL THEN d.owner_id ELSE v.council_id END
    FROM documents_version v JOIN documents_document d ON d.id = v.document_id WHERE v.id = $1
$$;
CREATE FUNCTION document_seen_by(document uuid, council uuid, owner uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN EXISTS (
        SELECT FROM documents_version v WHERE v.document_id = $1 AND v.published_at IS NOT NULL
    ) THEN $2 ELSE $3 END
$$;
"""
UNSEEN = "DROP FUNCTION version_seen_by(uuid); DROP FUNCTION document_seen_by(uuid, uuid, uuid);"

TABLES = (
    Mirrored("documents_document", "documents", seen_by="document_seen_by(was.id, was.council_id, was.owner_id)"),
    Mirrored(
        "documents_version",
        "versions",
        seen_by="CASE WHEN was.published_at IS NULL THEN (SELECT d.owner_id FROM documents_document d"
        " WHERE d.id = was.document_id) ELSE was.council_id END",
    ),
    Mirrored("documents_passage", "passages", seen_by="version_seen_by(was.version_id)"),
)


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("journal", "0004_modified_by_the_database")]

    operations = [
        migrations.RunSQL(SEEN_BY, UNSEEN),
        *(operation for table in TABLES for operation in table.operations()),
        touching(
            "touch_document",
            [
                "documents_version WHERE document_id = $1",
                "documents_passage WHERE version_id IN (SELECT id FROM documents_version WHERE document_id = $1)",
                "documents_attachment WHERE document_id = $1",
            ],
        ),
        touching(
            "touch_version",
            [
                "documents_passage WHERE version_id = $1",
                "documents_attachment WHERE document_id ="
                " (SELECT document_id FROM documents_version WHERE id = $1 AND published_at IS NULL)",
            ],
        ),
        reaching(
            "documents_document", ["owner_id", "title"], "PERFORM touch_document(OLD.id)", name="document_reaches"
        ),
        reaching("documents_version", ["published_at"], "PERFORM touch_version(OLD.id)", name="version_reaches"),
        part_of("documents_version", "documents_document", "document_id"),
    ]
