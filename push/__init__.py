"""Telling a tablet whose page is closed, by the push service of its browser: an extra that nothing relies on.

Subscriptions of browsers, the queue of what goes to them, and how it is sealed and sent. What counts as reached (pages of chains, alarms,
orders that were delivered or read) never asks this room. Public face: `services`, `selectors`, `facts`, `permissions`.
"""
