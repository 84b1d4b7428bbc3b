"""Travel by road: the network, the engine that is asked (Valhalla), its process, and what is said when it is away.

Only `gis.selectors` and `gis.services` are called from outside this room.
"""
