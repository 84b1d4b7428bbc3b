"""How other systems' words become ours and ours become theirs: CAD exports in, brought in or played as life.

Public face: `cad.profiles`, `cad.reading`, `cad.importing`, `cad.replaying`. It keeps no tables: everything goes through the rooms below.
"""
