"""What every room's REST face stands on: who calls, problems, retries, conditions, pages, throttles and the schema.

A room's `api.py` holds subclasses of `views.ApiView` whose methods carry `@operation(...)`; the decorator checks the body and
query against shapes, and everything else here follows from it.
"""
