"""People, tokens, regions and facts as the REST API sends and answers them."""

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from access import selectors
from access.models import Region
from access.rest.fields import At, Count, QueryCount, Reference, Text
from access.rest.shapes import ReferenceRow, Shape
from access.roles import Role

Rows = serializers.Serializer[Any]


class MembershipRow(Rows):
    """A role in a department and a region with all below it; null is any."""

    role = serializers.ChoiceField(choices=[role.value for role in Role])
    department = serializers.CharField(source="department.code", default=None, allow_null=True)
    region = serializers.CharField(source="region.code", default=None, allow_null=True)
    until = At(allow_null=True)
    is_elevated = serializers.BooleanField()


class Me(Rows):
    """Who asks."""

    kind = serializers.CharField()
    username = serializers.CharField()
    name = serializers.CharField()
    language = serializers.CharField()
    department = ReferenceRow(allow_null=True)
    memberships = MembershipRow(many=True)
    actions = serializers.ListField(child=serializers.CharField(), help_text="What you may do, somewhere, with this token or session.")


class TokenRow(Rows):
    """A token, without its secret."""

    key = serializers.CharField(source="token_key", help_text="The first characters of the secret: its public name.")
    name = serializers.CharField()
    person = serializers.CharField(source="user.username")
    actions = serializers.ListField(child=serializers.CharField(), help_text="Empty: all that its person may do.")
    created_at = At(source="created")
    expires_at = At(source="expiry", allow_null=True)


class IssuedToken(Rows):
    """A token with its secret, this once."""

    secret = serializers.CharField()
    token = TokenRow()


class TokenFilter(Shape):
    """Whose."""

    person = Text(required=False, max_length=150)


class IssueToken(Shape):
    """For whom, what for, and for how long."""

    person = Reference(selectors.person_of_username, max_length=150, help_text="A user name.")
    name = Text(max_length=80)
    actions = serializers.ListField(child=Text(max_length=60), required=False, default=list, max_length=100)
    days = Count(required=False, default=365, min_value=1, max_value=3660)

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        return {"user_id": sent["person"], "name": sent["name"], "actions": sent["actions"], "lifetime": timedelta(days=sent["days"])}


class RegionRow(ReferenceRow):
    """A region."""

    level = serializers.ChoiceField(choices=Region.Level.values)
    depth = serializers.IntegerField()
    is_approximate = serializers.BooleanField()


class FactFilter(Shape):
    """After which position."""

    since = QueryCount(required=False, default=0)
    limit = QueryCount(required=False, default=100, min_value=1, max_value=500)


class EntryFilter(FactFilter):
    """After which position, and about what."""

    about = serializers.RegexField(r"^[a-z]{1,30}:[0-9a-zA-Z_-]{1,60}$", required=False, help_text="One subject: incident:42.")


class FactRow(Rows):
    """A fact: ids and times, no names."""

    position = serializers.IntegerField()
    name = serializers.CharField()
    at = At()
    about = serializers.ListField(child=serializers.CharField())
    data = serializers.DictField()


class EntryRow(FactRow):
    """A journal entry whole."""

    id = serializers.IntegerField()
    recorded_at = At()
    actor_kind = serializers.CharField()
    actor_id = serializers.CharField()
    actor_label = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    request_id = serializers.CharField()
    cause = serializers.IntegerField(allow_null=True)
    digest = serializers.SerializerMethodField(help_text="Chained, hexadecimal.")

    def get_digest(self, entry: Any) -> str:
        return bytes(entry.digest or b"").hex()


class Facts(Rows):
    """Facts in order."""

    items = FactRow(many=True)
    position = serializers.IntegerField(help_text="Up to here was looked: the next `since`.")


class Entries(Rows):
    """Entries in order."""

    items = EntryRow(many=True)
    position = serializers.IntegerField(help_text="Up to here was looked: the next `since`.")
