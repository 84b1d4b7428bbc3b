"""REST of the review of broken glass."""

from typing import Any

from access import permissions, policy
from access.glass import reading, shapes, verbs
from access.rest.shapes import page_of
from access.rest.views import ApiView, Call, operation


class BrokenGlassView(ApiView):
    """Broken glass."""

    tag = "sharing"

    @operation(query=shapes.GlassWanted, gives=page_of(shapes.GlassRow), is_private=True)
    def get(self, call: Call) -> Any:
        """Broken glass within your authority that waits for a review, the newest first; with `open=no` all of it."""
        policy.require(call.actor, permissions.REVIEW_GLASS, None)
        query = call.query
        page = reading.glass(call.actor, only_open=query["open"] == "yes", cursor=query.get("cursor"), limit=query.get("limit"))
        return {"items": [shapes.row_of(each) for each in page.rows], "next": page.next_cursor}


class OneBrokenGlassView(ApiView):
    """One time that the glass was broken."""

    tag = "sharing"

    @operation(gives=shapes.GlassWhole, is_private=True)
    def get(self, call: Call, id: int) -> Any:
        """Who broke it, why, and what was looked at or done through it, in order."""
        shown = reading.one(call.actor, id)
        return shapes.row_of(shown) | {"lines": reading.lines_of(shown)}


class ReviewGlassView(ApiView):
    """The review of broken glass."""

    tag = "sharing"

    @operation(takes=shapes.Review, gives=shapes.GlassRow, refusals=(409,), is_private=True)
    def post(self, call: Call, id: int) -> Any:
        """Say once, in words, whether it was justified. What one broke oneself is reviewed by somebody else."""
        verbs.review_glass(call.actor, glass_id=id, now=call.now, **call.body)
        return shapes.row_of(reading.one(call.actor, id))
