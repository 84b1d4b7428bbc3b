"""Addresses of this room."""

from django.urls import path

from gis import views

pages = [
    path("basemap/city.pmtiles", views.basemap_file, name="basemap"),
    path("basemap/city.json", views.basemap_description, name="basemap-description"),
    path("gis/regions.geojson", views.regions, name="regions-geojson"),
    path("gis/tiles/<slug:layer>/<int:z>/<int:x>/<int:y>.mvt", views.tile, name="tile"),
]

api: list[object] = []
