"""Situation reports for people outside, as the REST API takes and answers them."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from access.models import Share
from access.rest.fields import At, Count, OneOf, Text
from access.rest.shapes import Shape
from incidents.services.handouts import Recipient

Rows = serializers.Serializer[Any]
LANGUAGES = [code for code, _name in settings.LANGUAGES]


class EnclosureRow(Rows):
    """A file that goes unchanged, because no name can be put in it, and how often it was fetched."""

    attachment = serializers.IntegerField(source="attachment_id")
    name = serializers.CharField(source="attachment.name")
    takings = serializers.IntegerField()
    taken_at = At(allow_null=True)


class HandoutRow(Rows):
    """A situation report given to somebody outside."""

    id = serializers.IntegerField()
    recipient = serializers.CharField()
    email = serializers.CharField()
    level = serializers.ChoiceField(choices=Share.Level.values)
    attachments = serializers.ListField(
        child=serializers.IntegerField(), source="attachment_ids", help_text="Attachments of the incident that go with it, each marked."
    )
    unchanged = EnclosureRow(many=True, source="enclosures.all")
    by = serializers.CharField()
    made_at = At()
    until = At()
    ended_at = At(allow_null=True)
    openings = serializers.IntegerField()
    opened_at = At(allow_null=True)
    mailed_at = At(allow_null=True)
    mail_tries = serializers.IntegerField()
    mail_next_at = At(allow_null=True, help_text="When its mail is tried next; null when there is none to be sent.")
    mail_said = serializers.CharField(help_text="What the mail server said last: its code, or the kind of its silence.")
    fault = serializers.CharField(help_text="Why no mail went out, and none will: the server's code.")


class HandedOut(Rows):
    """What was given, with the link this once; null when it goes by mail."""

    handout = HandoutRow()
    link = serializers.CharField(allow_null=True)


class NewHandout(Shape):
    """Who gets it, how much and until when."""

    recipient = Text(max_length=80, help_text="The name stands on every page.")
    email = Text(max_length=254, required=False, default="", allow_blank=True)
    language = OneOf(choices=LANGUAGES, required=False, default=LANGUAGES[0])
    level = OneOf(choices=Share.Level.values)
    until = At()
    attachments = serializers.ListField(
        child=Count(min_value=1), required=False, default=list, max_length=10, help_text="Attachments of the incident: pictures and PDF documents."
    )

    unchanged = serializers.ListField(
        child=Count(min_value=1),
        required=False,
        default=list,
        max_length=10,
        help_text="Attachments that go as they are: video, sound, office files and text, in which no name can be put.",
    )

    def values(self) -> dict[str, Any]:
        sent = super().values()
        recipient = Recipient(sent["recipient"], sent["email"], sent["language"])
        chosen = {"attachment_ids": sent["attachments"], "unchanged_ids": sent["unchanged"]}
        return {"recipient": recipient, "level": sent["level"], "until": sent["until"]} | chosen
