"""`policy.visible`, without and with what is shared, as ready SQL, for the few statements written by hand because they are asked every second.

Building and compiling the queryset costs the application more than the database needs to answer it. So it is compiled once for each
action and model with marks in place of the person and the time, and the marks are replaced for each question: the condition is the
very same EXISTS, word for word.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Model, Q, Value
from django.utils import timezone

from access import policy
from access.actors import Actor
from access.sharing import reading
from access.sharing.kinds import Kind

MARK = 2**62 + 20_261_122


def visible_sql(actor: Actor, action: str, model: type[Model], *columns: str) -> tuple[str, list[Any]] | None:
    """A SELECT of these columns of the rows the actor may do the action to, ending in its WHERE clause, and its parameters; None for no row."""
    if actor.kind == "system":
        return _everything(model, *columns), [0]
    if actor.user_id is None or (actor.actions is not None and action not in actor.actions):
        return None
    sql, marked = _template(action, model, *columns)
    return sql, _filled(actor.user_id, marked)


def known_sql(actor: Actor, kind: Kind, model: type[Model], *columns: str) -> tuple[str, list[Any]] | None:
    """As `visible_sql` for looking, with what is shared with the actor; a last column says whether a row is the actor's own."""
    if actor.kind == "system":
        sql, params = _all_own(model, *columns)
        return sql, list(params)
    if actor.user_id is None or (actor.actions is not None and kind.view_action not in actor.actions):
        return None
    sql, marked = _known_template(kind, model, *columns)
    return sql, _filled(actor.user_id, marked)


def _filled(user_id: int, marked: tuple[Any, ...]) -> list[Any]:
    now = timezone.now()
    return [user_id if one == MARK else now if isinstance(one, datetime) else one for one in marked]


@lru_cache(maxsize=64)
def _known_template(kind: Kind, model: type[Model], *columns: str) -> tuple[str, tuple[Any, ...]]:
    somebody = Actor("user", "", "", user_id=MARK)
    own, shared = policy.condition(somebody, kind.view_action), Q(pk__in=reading.ids_for(somebody, kind))
    rows = model._default_manager.filter(pk__gt=0).filter(own | shared).annotate(is_own=own).order_by().values_list(*columns, "is_own")
    sql, params = rows.query.sql_with_params()
    return sql, tuple(params)


@lru_cache(maxsize=64)
def _all_own(model: type[Model], *columns: str) -> tuple[str, tuple[Any, ...]]:
    rows = model._default_manager.filter(pk__gt=0).annotate(is_own=Value(True)).order_by()
    sql, params = rows.values_list(*columns, "is_own").query.sql_with_params()
    return sql, tuple(params)


@lru_cache(maxsize=64)
def _template(action: str, model: type[Model], *columns: str) -> tuple[str, tuple[Any, ...]]:
    somebody = Actor("user", "", "", user_id=MARK)
    rows = policy.visible(somebody, action, model._default_manager.filter(pk__gt=0)).order_by().values_list(*columns)
    sql, params = rows.query.sql_with_params()
    return sql, tuple(params)


@lru_cache(maxsize=64)
def _everything(model: type[Model], *columns: str) -> str:
    sql, _ = model._default_manager.filter(pk__gt=0).order_by().values_list(*columns).query.sql_with_params()
    return str(sql)
