"""Seconds as a person at a screen reads them."""


def clock_text(seconds: float | None) -> str:
    """4:53, 1:17:54; an empty text for None. Half seconds are rounded up."""
    if seconds is None:
        return ""
    whole = int(abs(seconds) + 0.5)
    sign = "−" if seconds < 0 and whole else ""
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02d}:{left:02d}" if hours else f"{sign}{minutes}:{left:02d}"
