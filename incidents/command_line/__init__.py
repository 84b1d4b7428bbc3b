"""The command line: one line of text becomes one order of the desk.

    s UNIT... STATUS [: reason]       say of units what they do
    d INCIDENT [UNIT...]              send units; without units, ask for the recommendation
    o [INCIDENT] DEPARTMENT WORDS [MINUTES]   give a department a task
    INCIDENT or UNIT alone            open it

The handle stands first, the status is read from the end. `reading.read` understands a line and changes nothing; the verb that carries it
out is `services.carry_out`.
"""
