"""Sharing: a thing shown to people it does not belong to is a row (what, with whom, how much, until, by whom), never a copy.

A room says what can be shared (`kinds`), asks who sees what of it (`reading`) and leaves the verbs to `verbs`. It shows shared things
in those of its questions that mask them (need to know is the default): `policy.visible` lets nobody else in than it ever did.
"""
