"""Who: people, departments, regions, roles and tokens, and what each may do where.

Public face: `policy` (can, require, visible, audience), `actors.Actor`, `roles`, `services`, `selectors`, `facts`, `permissions`.
"""
