"""How a program of the city starts: quickly, because whoever was killed is waited for."""

import gc


def begin() -> None:
    """Stop looking for garbage: what is imported now stays, and looking through it again and again is a third of a start."""
    gc.disable()


def done() -> None:
    """Set what was imported aside for good, so that no later look for garbage goes through it, and look again."""
    gc.freeze()
    gc.enable()
