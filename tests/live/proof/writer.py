"""Eight people write at once, each transaction 0 to 20 ms long, and note what was acknowledged. Runs until its input closes.

Standard output, one JSON line each: {"key", "subject", "n", "at"} after a commit that returned, {"lost": key} where the outcome is unknown.
Every acknowledged write is also told to a plain Channels group, as a textbook would.
"""

import json
import queue
import random
import sys
import threading
import time
import uuid

import django

django.setup()

from asgiref.sync import async_to_sync  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402
from django.db import Error as DatabaseError  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from access.actors import Actor  # noqa: E402
from journal import services as journal  # noqa: E402
from tests.live.proof.facts import Mumbled, Ticked  # noqa: E402

WRITERS = 8
SUBJECTS = 12


class Writers:
    def __init__(self, scopes: list[str], pause: float, padding: int, kind: type[Ticked]) -> None:
        self.scopes, self.pause, self.padding, self.kind = scopes, pause, "x" * padding, kind
        self.is_over = threading.Event()
        self.told: queue.Queue[dict[str, object] | None] = queue.Queue()
        self.lock = threading.Lock()

    def say(self, line: dict[str, object]) -> None:
        with self.lock:
            print(json.dumps(line), flush=True)

    def write(self) -> None:
        while not self.is_over.wait(random.uniform(0.3, 1.7) * self.pause):
            key, subject = uuid.uuid4().hex, random.randrange(SUBJECTS)
            try:
                n = self.transact(key, subject)
            except DatabaseError:
                self.say({"lost": key})
                connection.close()
                self.is_over.wait(0.1)
                continue
            line = {"key": key, "subject": subject, "n": n, "at": time.monotonic()}
            self.say(line)
            self.told.put({"name": "proof.ticked", "data": line})

    def transact(self, key: str, subject: int) -> int:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("UPDATE proof_subject SET n = n + 1 WHERE id = %s RETURNING n", [subject])
                n = int(cursor.fetchone()[0])
            time.sleep(random.uniform(0, 0.01))
            fact = self.kind(key=key, subject=subject, n=n, padding=self.padding)
            journal.record(Actor.system("proof"), fact, about=[f"subject:{subject}"], scopes=[self.scopes[subject % 2]], at=None)
            time.sleep(random.uniform(0, 0.01))
        return n

    def tell_group(self) -> None:
        send = async_to_sync(get_channel_layer().group_send)
        while (frame := self.told.get()) is not None:
            try:
                send("city", {"type": "fact", "frame": frame})
            except Exception as error:
                print(error, file=sys.stderr)


def main() -> None:
    wish = json.loads(sys.stdin.readline())
    writers = Writers(wish["scopes"], wish["pause"], wish["padding"], Ticked if wish["reacts"] else Mumbled)
    threads = [threading.Thread(target=writers.write) for _ in range(WRITERS)]
    teller = threading.Thread(target=writers.tell_group, daemon=True)
    for thread in [*threads, teller]:
        thread.start()
    sys.stdin.read()
    writers.is_over.set()
    for thread in threads:
        thread.join()
    writers.told.put(None)
    teller.join(timeout=10)


main()
