"""Fields that are strict where the framework is lenient: what is not exactly as documented is refused."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

BIGGEST = 2**63 - 1
MOST_LEVELS = 8
MOST_BYTES = 20_000


class Text(serializers.CharField):
    """Characters, and nothing else that could be read as some."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text: str = super().to_internal_value(data)
        return text


class YesNo(serializers.BooleanField):
    """true or false, and no word or number that could be read as one."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Count(serializers.IntegerField):
    """A whole number that fits into the database."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"min_value": 0, "max_value": BIGGEST} | options))

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class QueryCount(serializers.IntegerField):
    """A whole number in an address."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"min_value": 0, "max_value": BIGGEST} | options))


@extend_schema_field({"type": "string", "format": "date-time"})
class At(serializers.DateTimeField):
    """A moment with its offset from UTC; one without is refused, because nobody knows which it is."""

    default_error_messages = {
        "invalid": _("A time is written like 2026-11-22T20:15:00+08:00."),
        "naive": _("Say the offset from UTC: 2026-11-22T20:15:00+08:00."),
        "range": _("This time is out of range."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str) or len(value) > 40:
            self.fail("invalid")
        try:
            moment = parse_datetime(value)
        except ValueError:
            moment = None
        if moment is None:
            self.fail("invalid")
        if moment.tzinfo is None:
            self.fail("naive")
        if not 1900 <= moment.year <= 2200:
            self.fail("range")
        return moment.astimezone(UTC)

    def to_representation(self, value: datetime | None) -> datetime | None:  # type: ignore[override]
        return value


class OneOf(serializers.ChoiceField):
    """One of a few codes, written as they are."""

    def to_internal_value(self, data: Any) -> Any:
        if data != "" and not any(type(choice) is type(data) or (isinstance(choice, str) and isinstance(data, str)) for choice in self.choices):
            self.fail("invalid_choice", input=type(data).__name__)
        return super().to_internal_value(data)


class Reference(Text):
    """The code of a row of reference data; its value is the row's id. `find` gives the row of a code, or None."""

    default_error_messages = {"unknown": _("There is no such code: %(code)s.")}

    def __init__(self, find: Callable[[str], Model | None], **options: Any) -> None:
        self.find = find
        super().__init__(**({"max_length": 40} | options))

    def run_validation(self, data: Any = serializers.empty) -> Any:
        code = super().run_validation(data)
        if not isinstance(code, str):
            return code
        row = self.find(code)
        if row is None:
            raise serializers.ValidationError(self.error_messages["unknown"] % {"code": code})
        return row.pk


@extend_schema_field({"type": "object", "additionalProperties": True})
class Open(serializers.DictField):
    """An object of the sender's own making, bounded in size and depth."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        value: dict[str, Any] = super().to_internal_value(data)
        if not _is_plain(value, MOST_LEVELS) or len(orjson.dumps(value)) > MOST_BYTES:
            raise serializers.ValidationError(_("This object is too deep or too large, or holds characters that cannot be kept."))
        return value


def _is_plain(value: Any, levels: int) -> bool:
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, dict):
        return levels > 0 and all(_is_plain(one, levels - 1) for pair in value.items() for one in pair)
    if isinstance(value, list):
        return levels > 0 and all(_is_plain(one, levels - 1) for one in value)
    return True


def comma_separated(allowed: set[str]) -> Callable[[str], None]:
    """A check that every part of "A,B" is one of these."""

    def check(value: str) -> None:
        unknown = sorted(set(value.split(",")) - allowed)
        if unknown:
            raise ValidationError(_("Unknown: %(unknown)s.") % {"unknown": ", ".join(unknown)[:200]})

    return check
