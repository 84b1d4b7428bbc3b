"""What the city's own history says about how it works: how long things take, for whom, and how often in time.

Public face: `services`, `selectors`, `facts`, `permissions`.
"""
