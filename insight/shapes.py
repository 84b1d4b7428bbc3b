"""Hand-overs as the REST API sends and answers them."""

from typing import Any

from rest_framework import serializers

from access.rest.fields import At, Text
from access.rest.shapes import Paged, Shape, page_of

Rows = serializers.Serializer[Any]


class WatchReportRow(Rows):
    """A hand-over: who wrote it for which post, and who signed."""

    id = serializers.IntegerField()
    post = serializers.CharField(source="post.code")
    duty = serializers.IntegerField(source="duty_id")
    since = At()
    written_at = At()
    written_by = serializers.CharField(source="written_by.username")
    signed_at = At(allow_null=True)
    signed_by = serializers.CharField(source="signed_by.username", default=None, allow_null=True)
    withdrawn_at = At(allow_null=True, help_text="It was written anew, and cannot be signed.")
    digest = serializers.CharField(help_text="Of content and words; stands in the journal too.")


class WatchReport(WatchReportRow):
    """A hand-over with what it hands over: ids, codes and times, names in both languages."""

    words = serializers.CharField()
    content = serializers.JSONField()


WatchReportPage = page_of(WatchReportRow)
ReportsWanted = Paged


class WriteReport(Shape):
    """The leaving person's own words."""

    words = Text(max_length=4000, required=False, default="", allow_blank=True)
