"""Read-only windows on entries and reactions; a reaction that was given up can be tried again, through the service."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from journal import selectors, services
from journal.models import Entry, Receipt


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["id", "position", "at", "actor_label", "says", "name"]
    ordering = ["-id"]
    list_filter = ["actor_kind"]
    search_fields = ["name", "request_id"]

    @admin.display(description=_("what happened"))
    def says(self, entry: Entry) -> str:
        return selectors.sentence(entry)


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    list_display = ["id", "entry_id", "handler", "state", "attempts", "due_at", "done_at", "last_error"]
    list_filter = ["state", "handler"]
    actions = ["try_again"]

    @admin.action(description=_("Try again what was given up"))
    def try_again(self, request: HttpRequest, receipts: QuerySet[Receipt]) -> None:
        for receipt in receipts.filter(state=Receipt.State.DEAD):
            services.retry_reaction(request.actor, receipt_id=receipt.pk)  # type: ignore[attr-defined]
