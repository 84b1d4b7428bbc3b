from journal.facts import Fact, fact


@fact("proof.ticked", says="{actor} wrote")
class Ticked(Fact):
    key: str
    subject: int
    n: int
    padding: str = ""


@fact("proof.mumbled", says="{actor} wrote, and nobody reacts")
class Mumbled(Ticked):
    pass
