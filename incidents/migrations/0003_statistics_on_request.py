"""After a large import the planner should know at once what is there now.

Autovacuum learns it within a minute or so; until then a question over a fortnight takes ten seconds instead of a part of one. The running
city owns no table and may therefore not ANALYZE; it may call this, which does that and nothing else.
"""

from django.db import migrations

STATISTICS = """
CREATE FUNCTION incidents_refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    ANALYZE incidents_incident, incidents_report, incidents_assignment;
EXCEPTION WHEN lock_not_available THEN
    NULL; -- autovacuum is at it already
END $$;
REVOKE EXECUTE ON FUNCTION incidents_refresh_statistics() FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'city_web') THEN
        GRANT EXECUTE ON FUNCTION incidents_refresh_statistics() TO city_web;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_cheap_history")]
    operations = [migrations.RunSQL(STATISTICS, "DROP FUNCTION incidents_refresh_statistics()")]
