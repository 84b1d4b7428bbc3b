"""Shapes: what may be sent and what is answered. They check form only; every rule is a service's."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from access.rest.fields import QueryCount, Text


class Shape(serializers.Serializer[Any]):
    """An object with known fields; a field that is not known is refused, so that a typing error is not silently ignored."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict):
            unknown = sorted(str(name) for name in data.keys() - self.fields.keys())
            if unknown:
                raise serializers.ValidationError({name[:80]: _("There is no such field.") for name in unknown[:20]})
        values: dict[str, Any] = super().to_internal_value(data)
        return values

    def values(self) -> dict[str, Any]:
        """The checked values, as the service's own keywords."""
        return dict(self.validated_data)


class Nothing(Shape):
    """No body is needed."""


class Problem(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField(help_text="A URN that stays the same for this kind of refusal.")
    title = serializers.CharField(help_text="A sentence for a human, in the reader's language.")
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="The reason for machines.")
    instance = serializers.CharField(help_text="The address that was asked.")
    request_id = serializers.CharField(help_text="Under this id the request stands in the logs.")
    fields = serializers.DictField(child=serializers.CharField(), required=False, help_text="Each wrong field with its reason.")  # type: ignore[assignment]
    changed = serializers.ListField(child=serializers.CharField(), required=False, help_text="What somebody else changed meanwhile.")
    current_version = serializers.IntegerField(required=False)


class Paged(Shape):
    """How a part of a list is asked for."""

    cursor = Text(required=False, max_length=400, help_text="`next` of the page before.")
    limit = QueryCount(required=False, min_value=1, max_value=200, help_text="Rows in a page, 50 unless asked.")


class ReferenceRow(serializers.Serializer[Any]):
    """A row of reference data: `code` is how the API refers to it."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()


def page_of(shape: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The shape of a page of these."""
    fields = {
        "__doc__": "A page of a list.",
        "items": shape(many=True),
        "next": serializers.CharField(allow_null=True, help_text="The cursor of the next page, null at the end."),
    }
    return type(f"{shape.__name__}Page", (serializers.Serializer,), fields)
