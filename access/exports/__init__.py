"""Lists as files, made in the background: what can be exported (`kinds`), asking for it and what becomes of it (`verbs`), making it (`making`)."""
