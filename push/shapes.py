"""What a browser sends to be told, and what is answered."""

from typing import Any

from rest_framework import serializers

from access.rest.fields import Count, Text
from access.rest.shapes import Shape


class NewSubscription(Shape):
    """What `PushSubscription.toJSON()` of a browser holds, and for which unit its tablet speaks."""

    endpoint = Text(max_length=4000, allow_blank=True)
    p256dh = Text(max_length=100)
    auth = Text(max_length=40)
    unit = Count(required=False, allow_null=True, min_value=1, help_text="Id of the unit the person speaks for.")


class WhichBrowser(Shape):
    """The browser that asks, if it was told to the city."""

    id = serializers.UUIDField(required=False, help_text="Its name, as it was answered.")


class OfferRow(serializers.Serializer[Any]):
    """Whether closed tablets are told in this city."""

    key = serializers.CharField(help_text="The city's public key, as `pushManager.subscribe` needs it; empty: nothing is offered.")
    is_told = serializers.BooleanField(help_text="Whether the browser named by `id` is one's own and is told.")


class SubscriptionRow(serializers.Serializer[Any]):
    """A browser that is told."""

    id = serializers.UUIDField(source="key", help_text="The name that messages to this browser bear inside their seal.")
    unit = serializers.IntegerField(source="unit_id", allow_null=True)
    service = serializers.CharField(help_text="Where its push service is.")
