"""How files, their kinds and reasons are called in the timeline."""

from files.models import File, Kind, Reason
from journal import labels


def _files(ids: list[str]) -> dict[str, str]:
    return {str(pk): name for pk, name in File.objects.filter(pk__in=ids).values_list("pk", "name")}


def _kinds(codes: list[str]) -> dict[str, str]:
    return {code: str(Kind(code).label) for code in codes if code in Kind.values}


def _reasons(codes: list[str]) -> dict[str, str]:
    return {code: str(Reason(code).label).rstrip("\u3002.") for code in codes if code in Reason.values}


def register() -> None:
    """Tell the journal how to name this room's subjects."""
    labels.register("file", _files)
    labels.register("file_kind", _kinds)
    labels.register("file_reason", _reasons)
