"""The action names this room owns. The rooms above decide who may do them; the journal knows no people."""

VIEW = "journal.view"
RETRY = "journal.retry"
