"""The ground: coordinates, regions' shapes, places and roads, the offline basemap and vector tiles, straight-line travel.

Public face: `selectors`, `services`, `facts`, `permissions`, and the values of `coordinates` and `notations`.
"""
