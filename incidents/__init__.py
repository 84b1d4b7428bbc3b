"""The heart: what is reported, triaged, dispatched, followed and closed, daily service and emergency alike.

Public face: `services`, `selectors`, `facts`, `permissions`. The assignment of a unit to an incident lives here.
"""
