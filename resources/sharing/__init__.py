"""Watched areas, the layer of the map that departments own, shown to people they do not belong to (see `access.sharing`)."""
