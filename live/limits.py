"""What one client, one person and one process may take. Every number here is a promise to all the others on the same process."""

# A client acknowledges what it has handled. This many events may be on their way to it; the rest waits in its queue.
WINDOW = 200
# What waits beyond the window. Longer queues are not worth keeping: the client comes back and gets the gap, or a resync.
QUEUE = 1000
# A replay longer than this costs more than a fresh page.
REPLAY = 1000
# A full window that nobody acknowledges for this long, or a client that says nothing at all, is a client that is gone. (A client speaks
# after every 50 events, and when it has not spoken for ten seconds.)
STALLED_SECONDS = 10.0
SILENT_SECONDS = 25.0
# A class that got an event since the last beat needs none, so a client hears something at least every two beats; one that hears nothing
# for longer knows that its connection is dead although it is open, and heals within ten seconds.
HEARTBEAT_SECONDS = 3.0
POLL_SECONDS = 2.0
AUTHORITY_SECONDS = 2.0
TELEMETRY_SECONDS = 1.0
# Telemetry is not acknowledged by itself; a client that has said nothing for this many frames gets no more until it speaks.
TELEMETRY_UNHEARD = 20

FRAME_BYTES = 2048
BURST = 40
REFILL_PER_SECOND = 10.0
# A replay costs us more than a word; a client needs one when it comes and one for each gap it sees.
SINCE_COST = 9.0
# Messages that daphne may hold for the application; who sends faster than it can read is flooding.
UNREAD = 100
SOCKETS_PER_PERSON = 24
SOCKETS_PER_PROCESS = 5000
DOORS = 4
WAITING_AT_DOOR = 1000
REMEMBERED_LINES = 2000


class Close:
    """Why a socket was closed, as the client reads it. The client reconnects by itself after all but SIGN_IN."""

    AGAIN_LATER = 1013
    NONSENSE = 4400
    SIGN_IN = 4401
    AUTHORITY_CHANGED = 4403
    TOO_SLOW = 4408
    TOO_LARGE = 4413
    TOO_MANY_SOCKETS = 4428
    FLOOD = 4429
