"""REST: who one is, tokens, departments and regions, and the facts since a position. Translates; every rule is in services."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from access import selectors, services, shapes
from access.rest.shapes import Paged, ReferenceRow, page_of
from access.rest.views import Answer, ApiView, Call, operation


class MeView(ApiView):
    """Oneself."""

    tag = "people"

    @operation(gives=shapes.Me, also=(304,))
    def get(self, call: Call) -> Any:
        """Who you are, your memberships and what you may do somewhere."""
        return selectors.me(call.actor)


class TokensView(ApiView):
    """Tokens of systems and tablets."""

    tag = "people"

    @operation(gives=shapes.TokenRow, query=shapes.TokenFilter, many=True, is_private=True)
    def get(self, call: Call) -> Any:
        """Your tokens; those of `person` if you may issue tokens. The secret is not stored."""
        return selectors.tokens(call.actor, username=call.query.get("person"))

    @operation(takes=shapes.IssueToken, gives=shapes.IssuedToken, status=201, is_private=True)
    def post(self, call: Call) -> Any:
        """Issue a token for a person or machine account; its secret is answered this once."""
        token, secret = services.issue_token(call.actor, **call.body)
        return Answer({"secret": secret, "token": token}, location=reverse("api:token-revoke", args=[token.token_key]))


class RevokeTokenView(ApiView):
    """A token taken back."""

    tag = "people"

    @operation(status=204)
    def post(self, call: Call, key: str) -> Any:
        """Revoke a token at once; its open sockets close."""
        services.revoke_token(call.actor, token_key=key)
        return HttpResponse(status=204)


class DepartmentsView(ApiView):
    """Departments."""

    tag = "reference"

    @operation(gives=ReferenceRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """The departments in use."""
        return selectors.departments()


class RegionsView(ApiView):
    """Regions."""

    tag = "reference"

    @operation(gives=page_of(shapes.RegionRow), query=Paged, also=(304,))
    def get(self, call: Call) -> Any:
        """The tree of regions, top down; `depth` says how deep each stands. Outlines are tiles, not here."""
        found = selectors.region_page(cursor=call.query.get("cursor"), limit=call.query.get("limit"))
        return {"items": found.rows, "next": found.next_cursor}


class FactsView(ApiView):
    """What happened, in order, for systems that follow."""

    tag = "journal"

    @operation(gives=shapes.Facts, query=shapes.FactFilter, is_private=True)
    def get(self, call: Call) -> Any:
        """Numbered facts after a position that concern what you may see. Ask again with `position` as `since`; no items means: nothing new."""
        return selectors.facts_since(call.actor, since=call.query["since"], limit=call.query["limit"])


class EntriesView(ApiView):
    """The whole journal, for auditors."""

    tag = "journal"

    @operation(gives=shapes.Entries, query=shapes.EntryFilter, is_private=True)
    def get(self, call: Call) -> Any:
        """Every entry with its author, request and digest, in order."""
        return selectors.journal_since(call.actor, since=call.query["since"], limit=call.query["limit"], about=call.query.get("about"))
