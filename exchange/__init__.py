"""How other systems' words become ours and ours become theirs: CAD exports in, brought in or played as life; where callers' phones
are, as networks tell it.

Public face: `cad.profiles`, `cad.reading`, `cad.importing`, `cad.replaying`, which keep no tables: everything goes through the rooms below;
`services`, `selectors`, `facts`, `permissions` for callers' phones, kept for minutes under a keyed hash.
"""
