"""What is sent and answered while reports are taken: what to ask, what a call may be about, what was reported."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from access.rest.fields import At, OneOf, Reference, Text
from access.rest.shapes import ReferenceRow, Shape
from gis.shapes import PlacedShape, PointField
from incidents import selectors
from incidents.duplicates import Call
from incidents.models import IncidentType, KeyQuestion
from incidents.models.feedback import Occasion
from incidents.models.reports import Report

Rows = serializers.Serializer[Any]


class HeardCall(PlacedShape):
    """A call as far as it has been heard: a place is enough to look for what it may be about."""

    type = Reference(selectors.incident_type_of_code, required=False, default=None, allow_null=True, help_text="Code of the type, once chosen.")
    place_words = Text(max_length=200, required=False, default="", allow_blank=True)
    words = Text(max_length=5000, required=False, default="", allow_blank=True)

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        type_ = IncidentType.objects.filter(pk=sent["type"]).first() if sent["type"] else None
        return {"call": Call(at=timezone.now(), position=self.position(), type=type_, place_words=sent["place_words"], words=sent["words"])}


class QuestionRow(Rows):
    """A question to ask about a type; the answer goes into `answers` of a report under its id."""

    id = serializers.IntegerField()
    order = serializers.IntegerField()
    text = serializers.CharField()
    text_en = serializers.CharField()
    kind = serializers.ChoiceField(choices=KeyQuestion.Kind.values, help_text="YES_NO takes yes and no, NUMBER digits.")


class PossiblySameRow(Rows):
    """An open incident the call may be about."""

    number = serializers.CharField(source="incident.number")
    type = ReferenceRow(source="incident.type")
    address = serializers.CharField(source="incident.address")
    point = PointField(source="incident.point", allow_null=True)
    call_received_at = At(source="incident.call_received_at")
    score = serializers.FloatField(help_text="0 to 1; only its order means something.")
    is_likely = serializers.BooleanField()
    metres = serializers.FloatField(allow_null=True)
    reports = serializers.IntegerField()
    why = serializers.ListField(child=serializers.CharField(), help_text="What speaks for it, in words.")


class ToldRow(Rows):
    """What a reporter was told."""

    occasion = serializers.ChoiceField(choices=Occasion.values)
    state = serializers.CharField()
    created_at = At()
    sent_at = At(allow_null=True)
    delivered_at = At(allow_null=True)


class SaidRow(Rows):
    """What was reported; who reported stands in `callers` only."""

    id = serializers.IntegerField()
    source = serializers.ChoiceField(choices=Report.Source.values)
    words = serializers.CharField(help_text="Empty for a confidential report.")
    is_confidential = serializers.BooleanField()
    is_at_place = serializers.BooleanField()
    place_words = serializers.CharField(help_text="The caller's own words for the place.")
    point = PointField(allow_null=True)
    received_at = At()
    taken_by = serializers.CharField()
    answers = serializers.JSONField(help_text="Answers to the key questions as they were worded then, and the level they suggest.")
    told = ToldRow(source="messages.all", many=True)


class Receipt(Shape):
    """What became of a message: its `key` as the channel got it."""

    key = Text(max_length=40)
    state = OneOf(choices=["DELIVERED", "UNDELIVERED"])
    reason = Text(max_length=300, required=False, default="", allow_blank=True)

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        return {"key": sent["key"], "is_delivered": sent["state"] == "DELIVERED", "reason": sent["reason"]}


class ReceiptRow(ToldRow):
    """The message as it stands now."""

    id = serializers.IntegerField()
    channel = serializers.CharField()
    attempts = serializers.IntegerField()
    reason = serializers.CharField()
