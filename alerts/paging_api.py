"""Paging for programs: a person's own pages and the answer to one, who was paged for an alarm, and calling a post."""

from typing import Any

from access.rest.views import ApiView, Call, operation
from alerts import selectors, services
from alerts.paging_shapes import AnsweredRow, CallPost, OwnPageRow, PageRow, RunRow


class OwnPagesView(ApiView):
    """A person's own pages."""

    tag = "paging"

    @operation(gives=OwnPageRow, many=True, is_private=True)
    def get(self, call: Call) -> Any:
        """The pages that wait for your answer, the gravest first: one for each matter, at most twenty."""
        return selectors.own_pages(call.actor)


class AnswerPageView(ApiView):
    """That somebody has it."""

    tag = "paging"

    @operation(gives=AnsweredRow, refusals=(409,))
    def post(self, call: Call, id: int) -> Any:
        """Answer a page of yours: you have it, nobody else is paged, and an alarm that you may acknowledge is acknowledged. Again changes nothing."""
        return services.answer_page(call.actor, page_id=id, now=call.now)


class PagesOfAlarmView(ApiView):
    """Who was paged for an alarm."""

    tag = "paging"

    @operation(gives=PageRow, many=True, is_private=True)
    def get(self, call: Call, id: int) -> Any:
        """Who was paged for an alarm and who was not and why, in order; at most fifty."""
        return selectors.pages_of_alarm(call.actor, selectors.alarm(call.actor, id).pk)


class CallPostView(ApiView):
    """A call to a post."""

    tag = "paging"

    @operation(takes=CallPost, gives=RunRow, status=201)
    def post(self, call: Call, id: int) -> Any:
        """Page those on duty at a post; unanswered for a minute, the duty supervisor. Says who was paged, who was not, and why."""
        run = services.call_post(call.actor, post_id=id, **call.body, now=call.now)
        return selectors.run_with_pages(run)
