"""REST of the room: each view translates, makes one domain call and translates back."""
