"""Roads are found by number, pinyin and initials; lamp posts, hydrants and manholes by their plate; stakes by their metres."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

# Readings of roads that are there already: their line in the gazetteer has them.
READINGS = """
UPDATE gis_road SET pinyin = place.pinyin, initials = place.initials
FROM gis_place AS place WHERE place.road_id = gis_road.id AND place.kind = 'ROAD'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0001_initial'),
        ('city_gis', '0002_nearest_house'),
    ]

    operations = [
        migrations.AddField(
            model_name='place',
            name='plate',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='place',
            name='stake_m',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='road',
            name='initials',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='road',
            name='pinyin',
            field=models.CharField(blank=True, max_length=240),
        ),
        migrations.AddField(
            model_name='road',
            name='ref',
            field=models.CharField(blank=True, help_text='Its number in the network, as on signs: G6', max_length=20),
        ),
        migrations.RunSQL(READINGS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='place',
            name='kind',
            field=models.CharField(choices=[('CITY', 'City'), ('DISTRICT', 'District'), ('SUBDISTRICT', 'Sub-district'), ('ROAD', 'Road'), ('HOUSE', 'House number'), ('WATER', 'Water'), ('PARK', 'Park'), ('HOSPITAL', 'Hospital'), ('SCHOOL', 'School'), ('STATION', 'Station'), ('METRO', 'Metro station'), ('MARKET', 'Market'), ('OFFICE', 'Office building'), ('HOTEL', 'Hotel'), ('MALL', 'Shopping centre'), ('FACTORY', 'Factory'), ('COMMUNITY', 'Residential area'), ('SQUARE', 'Square'), ('LAMP_POST', 'Lamp post'), ('HYDRANT', 'Hydrant'), ('MANHOLE', 'Manhole'), ('STAKE', 'Stake of a road'), ('OTHER', 'Other')], max_length=12),
        ),
        migrations.AlterField(
            model_name='placecount',
            name='kind',
            field=models.CharField(choices=[('CITY', 'City'), ('DISTRICT', 'District'), ('SUBDISTRICT', 'Sub-district'), ('ROAD', 'Road'), ('HOUSE', 'House number'), ('WATER', 'Water'), ('PARK', 'Park'), ('HOSPITAL', 'Hospital'), ('SCHOOL', 'School'), ('STATION', 'Station'), ('METRO', 'Metro station'), ('MARKET', 'Market'), ('OFFICE', 'Office building'), ('HOTEL', 'Hotel'), ('MALL', 'Shopping centre'), ('FACTORY', 'Factory'), ('COMMUNITY', 'Residential area'), ('SQUARE', 'Square'), ('LAMP_POST', 'Lamp post'), ('HYDRANT', 'Hydrant'), ('MANHOLE', 'Manhole'), ('STAKE', 'Stake of a road'), ('OTHER', 'Other')], max_length=12),
        ),
        migrations.AddIndex(
            model_name='place',
            index=models.Index(django.contrib.postgres.indexes.OpClass('plate', 'text_pattern_ops'), condition=models.Q(('plate', ''), _negated=True), name='place_plate'),
        ),
        migrations.AddIndex(
            model_name='place',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Reverse('plate'), 'text_pattern_ops'), condition=models.Q(('plate', ''), _negated=True), name='place_plate_end'),
        ),
        migrations.AddIndex(
            model_name='place',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('plate', 'gin_trgm_ops'), condition=models.Q(('plate', ''), _negated=True), name='place_plate_inside'),
        ),
        migrations.AddIndex(
            model_name='place',
            index=models.Index(condition=models.Q(('stake_m__isnull', False)), fields=['road', 'stake_m'], name='place_stake'),
        ),
        migrations.AddIndex(
            model_name='road',
            index=models.Index(django.db.models.functions.text.Lower('ref'), name='road_ref'),
        ),
        migrations.AddIndex(
            model_name='road',
            index=models.Index(django.contrib.postgres.indexes.OpClass('initials', 'text_pattern_ops'), name='road_initials'),
        ),
        migrations.AddIndex(
            model_name='road',
            index=models.Index(django.contrib.postgres.indexes.OpClass('pinyin', 'text_pattern_ops'), name='road_pinyin'),
        ),
    ]
