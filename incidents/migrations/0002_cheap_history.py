"""History by trigger without raised and caught errors for each row, and incidents that change in place.

pghistory and pgtrigger read their settings by letting `current_setting` fail and catching the error: two subtransactions and two errors
for each row of history, which is most of what history costs. Asking for the setting with "missing is fine" gives the same answer. A later
trigger migration of pgtrigger writes its own function again, so the setting is also given an empty value for the whole database.

An incident changes many times: room on its page lets the row change in place (HOT) while its indexed columns stay.
"""

from django.db import migrations

CHEAP = """
CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    context_id uuid := nullif(current_setting('pghistory.context_id', true), '')::uuid;
    context_metadata jsonb := nullif(current_setting('pghistory.context_metadata', true), '')::jsonb;
BEGIN
    IF context_id IS NULL OR context_metadata IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO pghistory_context (id, metadata, created_at, updated_at) VALUES (context_id, context_metadata, now(), now())
    ON CONFLICT (id) DO UPDATE SET metadata = excluded.metadata, updated_at = excluded.updated_at
        WHERE pghistory_context.metadata <> excluded.metadata;
    RETURN context_id;
END $$;

CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(trigger_name = ANY (nullif(current_setting('pgtrigger.ignore', true), '')::text[]), false)
$$;

DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET "pgtrigger.ignore" = %L', current_database(), '{}');
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'pgtrigger.ignore is not set for the database: history costs a little more';
END $$;

ALTER TABLE incidents_incident SET (fillfactor = 70);
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]
    # Backwards: the functions keep their meaning, so there is nothing to undo.
    operations = [migrations.RunSQL(CHEAP, "ALTER TABLE incidents_incident RESET (fillfactor)")]
