"""What the city can send: stations, units, their types, capabilities, state and position.

Public face: `services`, `selectors`, `facts`, `permissions`. A fire engine exists without an incident.
"""
