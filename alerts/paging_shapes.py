"""What is answered and sent about pages."""

from typing import Any

from rest_framework import serializers

from access.rest.fields import At, Count, Text
from access.rest.shapes import ReferenceRow, Shape
from alerts import labels
from alerts.models import Escalation, Page
from alerts.paging import OwnPage

Rows = serializers.Serializer[Any]
REASONS = list(labels.REASONS)


class OwnPageRow(Rows):
    """A page that waits for an answer."""

    id = serializers.IntegerField(source="page.pk")
    level = serializers.IntegerField(source="page.escalation.level", min_value=1, max_value=4)
    about = serializers.SerializerMethodField(help_text="In the reader's language.")
    alarm = serializers.IntegerField(source="page.escalation.alarm_id", allow_null=True)
    incident = serializers.CharField(source="page.escalation.alarm.incident.number", default=None, allow_null=True)
    unit = serializers.CharField(source="page.escalation.alarm.unit.code", default=None, allow_null=True)
    post = serializers.CharField(source="page.post.code", default=None, allow_null=True, help_text="At which you are paged.")
    empty_posts = ReferenceRow(source="posts", many=True, help_text="Posts at which nobody answered, where you are the last to be paged.")
    began_at = At(source="page.escalation.began_at")
    paged_at = At(source="page.at")

    def get_about(self, each: OwnPage) -> str:
        return labels.about(each.page.escalation)


class PageRow(Rows):
    """That somebody was paged, or was not and why."""

    step = serializers.IntegerField(help_text="Its place in the chain; 1000: the duty supervisor, when nobody of the chain is left.")
    post = serializers.CharField(source="post.code", default=None, allow_null=True)
    person = serializers.CharField(source="person.username", default=None, allow_null=True, help_text="Null: nobody is on duty at the post.")
    state = serializers.ChoiceField(choices=Page.State.values)
    reason = serializers.ChoiceField(choices=["", *REASONS], help_text="Why somebody was not paged.")
    at = At()
    answered_at = At(allow_null=True)


class AnsweredRow(Rows):
    """How a matter stands for which people are paged."""

    state = serializers.ChoiceField(choices=Escalation.State.values)
    answered_by = serializers.CharField(help_text="Who has it; empty while nobody has.")
    began_at = At()
    ended_at = At(allow_null=True)


class RunRow(AnsweredRow):
    """A call to a post, with who was paged."""

    pages = PageRow(source="paged", many=True)


class CallPost(Shape):
    """What a post is called for, and how grave it is."""

    words = Text(max_length=200)
    level = Count(min_value=1, max_value=4)
