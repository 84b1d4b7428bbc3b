"""Setting a wall up: how far one stands from it and how fine it is, asked once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from access.faces import allowed
from command_center import keys
from incidents import permissions

# What walls are made of, by millimetres from pixel to pixel.
PITCHES = (
    ("0.277", "24″ 1920 × 1080"),
    ("0.634", "55″ 1920 × 1080"),
    ("0.93", "P0.9"),
    ("1.25", "P1.25"),
    ("1.5", "P1.5"),
    ("1.86", "P1.86"),
    ("2.5", "P2.5"),
)
DISTANCES = (2, 3, 4, 5, 6, 8, 10, 12)


@require_GET
@allowed(permissions.VIEW)
def wall(request: HttpRequest) -> HttpResponse:
    """The questions of a wall; the answers stay on its own computer."""
    return render(request, "command_center/wall.html", {"pitches": PITCHES, "distances": DISTANCES})


@require_GET
@allowed(permissions.VIEW)
def sheet(request: HttpRequest) -> HttpResponse:
    """Every key on one page of paper, from the list that binds them."""
    return render(request, "command_center/keys.html", {"groups": keys.grouped()})
