"""What is answered about a file."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from access.rest.fields import At
from files import selectors
from files.models import File, Kind, Source


class FileRow(serializers.Serializer[Any]):
    """A file. `state` RECEIVING, CHECKING, READY, REFUSED or EXPIRED; `says` is why it cannot be opened; fetch it at `url` once it is READY."""

    key = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(File.State.choices)
    says = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(["", *Kind.values])
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes as announced.")
    received = serializers.IntegerField(help_text="Bytes that have come.")
    sha256 = serializers.CharField(help_text="Of what was sent; empty until it is checked.")
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    captured_at = At(allow_null=True)
    captured_by = serializers.ChoiceField(["", *[one for one in Source.values if one]], help_text="Who says so: the FILE, or the sender's DEVICE.")
    point = serializers.SerializerMethodField()
    point_by = serializers.ChoiceField(["", *[one for one in Source.values if one]])
    expires_at = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()

    def get_says(self, file: File) -> str:
        return "" if file.state == File.State.READY else file.why

    def get_point(self, file: File) -> list[float] | None:
        return [file.point.x, file.point.y] if file.point else None

    def get_expires_at(self, file: File) -> Any:
        return selectors.expires_at(file)

    def get_url(self, file: File) -> str:
        return reverse("api:file", args=[file.key]) if file.state == File.State.READY else ""

    def get_thumbnail_url(self, file: File) -> str:
        return reverse("api:file-thumbnail", args=[file.key]) if file.state == File.State.READY and file.has_thumbnail else ""
