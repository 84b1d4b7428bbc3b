"""The actions of this room."""

from django.utils.translation import gettext_lazy as _

from access.roles import Role, declare
from journal import permissions as journal

MANAGE_PEOPLE = declare("access.manage_people", _("Manage people and memberships"), Role.ADMIN)
MANAGE_REFERENCE = declare("access.manage_reference", _("Edit reference data"), Role.ADMIN)
ISSUE_TOKENS = declare("access.issue_tokens", _("Issue and revoke tokens of systems and tablets"), Role.ADMIN)
BREAK_GLASS = declare(
    "access.break_glass", _("Take wider authority for a short time, with a reason"), Role.DISPATCHER, Role.SUPERVISOR, Role.COMMANDER, Role.LIAISON
)
REVIEW_GLASS = declare("access.review_glass", _("Review broken glass, with words"), Role.SUPERVISOR, Role.COMMANDER, Role.AUDITOR)
READ_JOURNAL = declare(journal.VIEW, _("Read the whole journal"), Role.AUDITOR)
RETRY_REACTION = declare(journal.RETRY, _("Try a failed reaction again"), Role.ADMIN)
AUDITORS = [f"{READ_JOURNAL}@*:*"]
"""The scopes of a fact that concerns nobody but those who audit."""
