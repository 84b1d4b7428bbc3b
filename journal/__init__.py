"""What happened: facts, the timeline, the outbox and the relay that numbers and delivers them.

Public face: `facts`, `reactions.on`, `labels`, `services.record`, `selectors`.
"""
