"""Incidents by any two letters or characters of their address or summary, so that a search for what nothing is called reads none of them.

Trigrams cannot find two Chinese characters, and two are a word.
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION incidents_pairs(address text, summary text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(DISTINCT substr(part, n, 2))
  FROM unnest(ARRAY[upper(address), upper(summary)]) AS part, generate_series(1, length(part) - 1) AS n
$$;
CREATE INDEX incident_pairs ON incidents_incident USING gin (incidents_pairs(address, summary));
"""
UNMAKE = "DROP INDEX incident_pairs; DROP FUNCTION incidents_pairs(text, text);"


class Migration(migrations.Migration):
    dependencies = [("incidents", "0017_mails_on_their_way")]
    operations = [migrations.RunSQL(MAKE, UNMAKE)]
