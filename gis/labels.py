"""How this room's things are called in a sentence of the journal."""

from gis.models import Layer, Place
from journal import labels


def _places(ids: list[str]) -> dict[str, str]:
    return {str(place.pk): place.name for place in Place.objects.filter(pk__in=ids).only("name")}


def _layers(ids: list[str]) -> dict[str, str]:
    return {layer.pk: layer.pk for layer in Layer.objects.filter(pk__in=ids)}


def register() -> None:
    """Tell the journal how to name places and layers."""
    labels.register("place", _places)
    labels.register("layer", _layers)
