"""What must not be missed: alarms that rules raise from the clocks of incidents, units and tasks, and what operators do about them.

Public face: `services`, `selectors`, `facts`, `permissions`. States are those of ISA-18.2. `manage.py watch` looks once a second.
"""
