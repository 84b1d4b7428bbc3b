"""The track by days, in-place updates of the latest positions, and triggers that keep the dispatchable units in step."""

from django.db import migrations

# Updated in place by every fix: half of each page is kept free and nothing but the key is indexed, so that every update is HOT. A unit
# changes with each step of each job: room on its page lets it change in place too, without touching nine indexes.
LATEST = """
ALTER TABLE resources_unit SET (fillfactor = 60);
ALTER TABLE resources_unitposition SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.2);
ALTER TABLE resources_dispatchableunit SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
"""

# No key and no constraint: it is filled by COPY alone. The default partition takes what a tracker kept for weeks.
TRACK = """
CREATE TABLE resources_track (
    unit_id bigint NOT NULL,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    lon float8 NOT NULL,
    lat float8 NOT NULL,
    heading smallint,
    speed float8,
    accuracy float8
) PARTITION BY RANGE (at);
CREATE INDEX resources_track_unit_at ON resources_track (unit_id, at);
CREATE INDEX resources_track_at ON resources_track USING brin (at) WITH (pages_per_range = 32);
CREATE TABLE resources_track_rest PARTITION OF resources_track DEFAULT;
"""

# Both run with their owner's rights, because the running city owns no table; they can do this and nothing else.
PARTITIONS = """
CREATE FUNCTION resources_make_track_day(day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    part text := 'resources_track_' || to_char(day, 'YYYY_MM_DD');
    since timestamptz := day::timestamp AT TIME ZONE 'UTC';
    until timestamptz := (day + 1)::timestamp AT TIME ZONE 'UTC';
BEGIN
    IF to_regclass(part) IS NOT NULL THEN
        RETURN false;
    END IF;
    LOCK TABLE resources_track_rest IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE %I (LIKE resources_track INCLUDING DEFAULTS)', part);
    EXECUTE format('WITH moved AS (DELETE FROM resources_track_rest WHERE at >= %L AND at < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
        since, until, part);
    EXECUTE format('ALTER TABLE resources_track ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, since, until);
    RETURN true;
END $$;

CREATE FUNCTION resources_drop_track_before(day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    part text;
    dropped integer := 0;
    oldest timestamptz := day::timestamp AT TIME ZONE 'UTC';
BEGIN
    IF day > (now() AT TIME ZONE 'UTC')::date - 1 THEN
        RAISE EXCEPTION 'a track is kept for a day at least';
    END IF;
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'resources_track'::regclass AND c.relname ~ '^resources_track_[0-9]{4}_[0-9]{2}_[0-9]{2}$'
          AND to_date(right(c.relname, 10), 'YYYY_MM_DD') < day
        ORDER BY c.relname
    LOOP
        EXECUTE format('DROP TABLE %I', part);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM resources_track_rest WHERE at < oldest AND received_at < oldest;
    RETURN dropped;
END $$;

REVOKE EXECUTE ON FUNCTION resources_make_track_day(date), resources_drop_track_before(date) FROM PUBLIC;
SELECT resources_make_track_day((now() AT TIME ZONE 'UTC')::date + ahead) FROM generate_series(-1, 3) AS ahead;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'city_web') THEN
        GRANT SELECT, INSERT ON resources_track TO city_web;
        REVOKE UPDATE, DELETE ON resources_track FROM city_web;
        GRANT EXECUTE ON FUNCTION resources_make_track_day(date), resources_drop_track_before(date) TO city_web;
    END IF;
END $$;
"""

# A unit becomes or stops being dispatchable in the statement that changes it, whoever changes it and by whatever means.
DISPATCHABLE = """
CREATE FUNCTION resources_refresh_dispatchable(ids bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO resources_dispatchableunit AS known (unit_id, is_dispatchable, has_fix, point, capability_ids, department_ids, refreshed_at)
    SELECT u.id, u.is_active AND u.availability <> 'NOT_AVAILABLE', p.unit_id IS NOT NULL,
           CASE WHEN p.unit_id IS NULL THEN s.point::geography ELSE ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)::geography END,
           ARRAY(SELECT capability_id FROM resources_unit_capabilities WHERE unit_id = u.id
                 UNION SELECT capability_id FROM resources_unittype_capabilities WHERE unittype_id = u.type_id ORDER BY 1),
           u.department_ids, now()
    FROM resources_unit u
    LEFT JOIN resources_unitposition p ON p.unit_id = u.id
    LEFT JOIN resources_station s ON s.id = u.station_id
    WHERE u.id = ANY (ids)
    ORDER BY u.id
    ON CONFLICT (unit_id) DO UPDATE SET is_dispatchable = excluded.is_dispatchable, has_fix = excluded.has_fix, point = excluded.point,
        capability_ids = excluded.capability_ids, department_ids = excluded.department_ids, refreshed_at = excluded.refreshed_at
$$;

CREATE FUNCTION resources_units_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM resources_refresh_dispatchable(ARRAY(SELECT id FROM added));
    RETURN NULL;
END $$;
CREATE TRIGGER resources_units_added AFTER INSERT ON resources_unit
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION resources_units_added();

CREATE FUNCTION resources_unit_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.availability = OLD.availability AND NEW.is_active = OLD.is_active AND NEW.type_id = OLD.type_id
       AND NEW.station_id IS NOT DISTINCT FROM OLD.station_id AND NEW.department_ids = OLD.department_ids THEN
        RETURN NULL;
    END IF;
    IF NEW.availability = 'NOT_AVAILABLE' AND NEW.department_ids = OLD.department_ids AND NEW.type_id = OLD.type_id
       AND NEW.station_id IS NOT DISTINCT FROM OLD.station_id THEN
        UPDATE resources_dispatchableunit SET is_dispatchable = false WHERE unit_id = NEW.id AND is_dispatchable;
    ELSE
        PERFORM resources_refresh_dispatchable(ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER resources_unit_changed AFTER UPDATE OF availability, is_active, type_id, station_id, department_ids ON resources_unit
    FOR EACH ROW EXECUTE FUNCTION resources_unit_changed();

CREATE FUNCTION resources_unit_capabilities_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM resources_refresh_dispatchable(ARRAY(SELECT DISTINCT unit_id FROM touched));
    RETURN NULL;
END $$;
CREATE TRIGGER resources_unit_capabilities_added AFTER INSERT ON resources_unit_capabilities
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION resources_unit_capabilities_changed();
CREATE TRIGGER resources_unit_capabilities_removed AFTER DELETE ON resources_unit_capabilities
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION resources_unit_capabilities_changed();

CREATE FUNCTION resources_type_capabilities_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM resources_refresh_dispatchable(ARRAY(SELECT id FROM resources_unit WHERE type_id IN (SELECT unittype_id FROM touched)));
    RETURN NULL;
END $$;
CREATE TRIGGER resources_type_capabilities_added AFTER INSERT ON resources_unittype_capabilities
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION resources_type_capabilities_changed();
CREATE TRIGGER resources_type_capabilities_removed AFTER DELETE ON resources_unittype_capabilities
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION resources_type_capabilities_changed();

CREATE FUNCTION resources_station_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM resources_refresh_dispatchable(ARRAY(SELECT id FROM resources_unit WHERE station_id = NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER resources_station_moved AFTER UPDATE OF point ON resources_station FOR EACH ROW
    WHEN (OLD.point IS DISTINCT FROM NEW.point) EXECUTE FUNCTION resources_station_moved();

SELECT resources_refresh_dispatchable(ARRAY(SELECT id FROM resources_unit));
"""

UNDO = """
DROP TRIGGER resources_units_added ON resources_unit;
DROP TRIGGER resources_unit_changed ON resources_unit;
DROP TRIGGER resources_unit_capabilities_added ON resources_unit_capabilities;
DROP TRIGGER resources_unit_capabilities_removed ON resources_unit_capabilities;
DROP TRIGGER resources_type_capabilities_added ON resources_unittype_capabilities;
DROP TRIGGER resources_type_capabilities_removed ON resources_unittype_capabilities;
DROP TRIGGER resources_station_moved ON resources_station;
DROP FUNCTION resources_station_moved(), resources_type_capabilities_changed(), resources_unit_capabilities_changed(), resources_unit_changed(),
    resources_units_added(), resources_refresh_dispatchable(bigint[]), resources_make_track_day(date), resources_drop_track_before(date);
DROP TABLE resources_track;
"""


class Migration(migrations.Migration):
    dependencies = [("resources", "0001_initial")]
    operations = [migrations.RunSQL(LATEST + TRACK + PARTITIONS + DISPATCHABLE, UNDO)]
