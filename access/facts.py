"""What this room announces."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("access.person_added", says=_("{actor} added a person"))
class PersonAdded(Fact):
    user_id: int


@fact("access.person_deactivated", says=_("{actor} ended a person's access"))
class PersonDeactivated(Fact):
    user_id: int


@fact("access.password_set", says=_("{actor} gave a person a new password"))
class PasswordSet(Fact):
    user_id: int


@fact("access.authority_changed", says=_("{actor} changed what a person may do"))
class AuthorityChanged(Fact):
    user_id: int
    epoch: int


@fact("access.membership_granted", says=_("{actor} granted a membership"))
class MembershipGranted(Fact):
    user_id: int
    membership_id: int
    role: str
    department_id: int | None
    region_id: int | None
    until: str | None


@fact("access.membership_ended", says=_("{actor} ended a membership"))
class MembershipEnded(Fact):
    user_id: int
    membership_id: int


@fact("access.glass_broken", says=_("{actor} took wider authority"))
class GlassBroken(Fact):
    user_id: int
    membership_id: int
    reason: str
    until: str


@fact("access.token_issued", says=_("{actor} issued a token"))
class TokenIssued(Fact):
    user_id: int
    token_key: str
    actions: tuple[str, ...]
    expires_at: str | None


@fact("access.token_revoked", says=_("{actor} revoked a token"))
class TokenRevoked(Fact):
    user_id: int
    token_key: str


@fact("access.department_added", says=_("{actor} added a department"))
class DepartmentAdded(Fact):
    department_id: int


@fact("access.region_added", says=_("{actor} added a region"))
class RegionAdded(Fact):
    region_id: int


@fact("access.reference_changed", says=_("{actor} changed reference data"))
class ReferenceChanged(Fact):
    subject: str
    before: dict[str, object]
    after: dict[str, object]


@fact("access.filter_saved", says=_("{actor} saved a filter"))
class FilterSaved(Fact):
    filter_id: int
    page: str
    is_shared: bool


@fact("access.filter_forgotten", says=_("{actor} deleted a saved filter"))
class FilterForgotten(Fact):
    filter_id: int
    page: str


@fact("access.export_asked", says=_("{actor} asked for {rows} rows as a file"))
class ExportAsked(Fact):
    export: str
    kind: str
    format: str
    rows: int
    query: str


@fact("access.export_ended", says=_("{actor} ended the making of a file: {state}"))
class ExportEnded(Fact):
    export: str
    state: str
    rows: int


@fact("access.export_fetched", says=_("{actor} fetched a file of {rows} rows"))
class ExportFetched(Fact):
    export: str
    rows: int


@fact("access.exports_deleted", says=_("{actor} deleted {files} files whose time was over"))
class ExportsDeleted(Fact):
    files: int


@fact("access.shared", says=_("{actor} shared it with {share}"))
class Shared(Fact):
    share_id: int
    subject: str
    level: str
    until: str


@fact("access.share_ended", says=_("{actor} ended the sharing with {share}: {why:share_ended}"))
class ShareEnded(Fact):
    share_id: int
    subject: str
    why: str


@fact("access.share_seen", says=_("{actor} saw what is shared with {share}"))
class ShareSeen(Fact):
    share_id: int
    subject: str
    user_id: int
    is_glass: bool


@fact("access.glass_broken_for", says=_("{actor} broke the glass to see it: {share}"))
class GlassBrokenFor(Fact):
    share_id: int
    subject: str
    user_id: int
    until: str


@fact("access.shared_changed", says=_("Something that is shared has changed"))
class SharedChanged(Fact):
    subject: str


@fact("access.glass_reviewed", says=_("{actor} reviewed it: {finding:glass_finding}"))
class GlassReviewed(Fact):
    glass_id: int
    user_id: int
    finding: str
