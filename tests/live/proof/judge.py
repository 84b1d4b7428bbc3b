"""What makes a reader right: every acknowledged write once, nothing twice, the order of each subject kept, no gap."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Seen:
    """An event as a reader got it."""

    key: str
    subject: int
    n: int


@dataclass
class Verdict:
    missing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not (self.missing or self.doubled or self.disordered or self.gaps)

    def __str__(self) -> str:
        return f"missing {len(self.missing)}, doubled {len(self.doubled)}, disordered {len(self.disordered)}, gaps {len(self.gaps)}"


def judge(acknowledged: list[Seen], received: list[Seen]) -> Verdict:
    """Compare what writers were told is safe with what a reader got. A write of unknown outcome may be there or not; then the next
    number of its subject shows it, so a gap in the numbers is a loss too."""
    verdict = Verdict()
    times = Counter(one.key for one in received)
    verdict.missing = [one.key for one in acknowledged if one.key not in times]
    verdict.doubled = [key for key, count in times.items() if count > 1]
    last: dict[int, int] = {}
    for one in received:
        before = last.get(one.subject)
        if before is not None and one.n <= before:
            verdict.disordered.append(one.key)
        elif before is not None and one.n != before + 1:
            verdict.gaps.append(f"{one.subject}: {before} -> {one.n}")
        last[one.subject] = max(one.n, before or 0)
    return verdict
