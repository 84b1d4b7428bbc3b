"""`policy.visible` as ready SQL, for the few statements written by hand because they are asked every second.

Building and compiling the queryset costs the application more than the database needs to answer it. So it is compiled once for each
action and model with marks in place of the person and the time, and the marks are replaced for each question: the condition is the
very same EXISTS, word for word.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Model
from django.utils import timezone

from access import policy
from access.actors import Actor

MARK = 2**62 + 20_261_122


def visible_sql(actor: Actor, action: str, model: type[Model], *columns: str) -> tuple[str, list[Any]] | None:
    """A SELECT of these columns of the rows the actor may do the action to, ending in its WHERE clause, and its parameters; None for no row."""
    if actor.kind == "system":
        return _everything(model, *columns), [0]
    if actor.user_id is None or (actor.actions is not None and action not in actor.actions):
        return None
    sql, marked = _template(action, model, *columns)
    now = timezone.now()
    return sql, [actor.user_id if one == MARK else now if isinstance(one, datetime) else one for one in marked]


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
