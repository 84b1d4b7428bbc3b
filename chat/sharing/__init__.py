"""Rooms shown to people they do not belong to, who read and never write there (see `access.sharing`)."""
