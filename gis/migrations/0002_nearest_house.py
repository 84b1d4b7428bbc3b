"""Indexes on the ellipsoid for "the nearest of these": a plain expression index, which GeoDjango cannot write."""

from django.db import migrations

HOUSES = "CREATE INDEX place_house_ground ON gis_place USING gist ((point::geography)) WHERE kind = 'HOUSE'"
ROADS = "CREATE INDEX road_ground ON gis_road USING gist ((line::geography))"


class Migration(migrations.Migration):

    dependencies = [("city_gis", "0001_ground")]

    operations = [
        migrations.RunSQL(HOUSES, "DROP INDEX place_house_ground"),
        migrations.RunSQL(ROADS, "DROP INDEX road_ground"),
    ]
