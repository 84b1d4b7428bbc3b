"""What is handed in: pictures, videos, voice and documents. The one way a file enters, is checked, kept, opened and deleted.

Bytes come resumably (`begin_file`, `append_bytes`, `finish_file`), are checked by what they are (`checking`), wait a day until a room above
adopts them for a purpose it registered (`purposes`), and are opened through `open_file`, which asks that room who may and records who did.
Its public face: `services`, `selectors`, `purposes`, `checking.check`, `serving.respond`.
"""
