"""The journal is append-only: what an entry says never changes, and no entry goes."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION journal_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND
       (NEW.id, NEW.at, NEW.verb, NEW.actor_id, NEW.organisation_id, NEW.council_id, NEW.target_type_id, NEW.target_id,
        NEW.data) IS NOT DISTINCT FROM
       (OLD.id, OLD.at, OLD.verb, OLD.actor_id, OLD.organisation_id, OLD.council_id, OLD.target_type_id, OLD.target_id,
        OLD.data)
       AND (OLD.seal_id IS NULL OR NEW.seal_id = OLD.seal_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_entry_is_append_only();
"""

BACKWARDS = """
DROP TRIGGER journal_entry_append_only ON journal_entry;
DROP FUNCTION journal_entry_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
