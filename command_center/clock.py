"""What the clock asks of each room, and how often (seconds): Celery's beat sends it, one task is one service call."""

SCHEDULE: dict[str, dict[str, object]] = {
    "journal-partitions": {"task": "journal.tasks.make_partitions", "schedule": 86_400.0},
    "journal-receipts": {"task": "journal.tasks.tidy_receipts", "schedule": 86_400.0},
    "access-idempotency": {"task": "access.tasks.forget_idempotency_keys", "schedule": 3_600.0},
    "access-shares": {"task": "access.tasks.end_due_shares", "schedule": 5.0, "options": {"expires": 5}},
    "access-exports": {"task": "access.tasks.make_exports", "schedule": 3.0, "options": {"expires": 3, "queue": "slow"}},
    "access-old-exports": {"task": "access.tasks.delete_old_exports", "schedule": 3_600.0, "options": {"queue": "slow"}},
    "files-check": {"task": "files.tasks.check_files", "schedule": 5.0, "options": {"expires": 5, "queue": "media"}},
    "files-tidy": {"task": "files.tasks.tidy_files", "schedule": 3_600.0, "options": {"queue": "media"}},
    "exchange-callers": {"task": "exchange.tasks.forget_caller_locations", "schedule": 60.0, "options": {"expires": 50}},
    "incidents-reporters": {"task": "incidents.tasks.tell_reporters", "schedule": 5.0, "options": {"expires": 5, "queue": "outside"}},
    "incidents-mail": {"task": "incidents.tasks.mail_handouts", "schedule": 5.0, "options": {"expires": 5, "queue": "outside"}},
    "incidents-geocoder": {"task": "incidents.tasks.ask_geocoder", "schedule": 10.0, "options": {"expires": 10, "queue": "outside"}},
    "exchange-ringing": {"task": "exchange.tasks.watch_ringing", "schedule": 5.0, "options": {"expires": 5}},
    "exchange-phones": {"task": "exchange.tasks.forget_phone_calls", "schedule": 600.0, "options": {"expires": 600}},
    "chat-words": {"task": "chat.tasks.forget_words", "schedule": 3_600.0, "options": {"queue": "slow"}},
    "chat-orders": {"task": "chat.tasks.note_overdue", "schedule": 10.0, "options": {"expires": 10}},
    "demo-breath": {"task": "command_center.tasks.breathe", "schedule": 20.0, "options": {"expires": 15}},
    "incidents-calls": {"task": "incidents.tasks.forget_ended_calls", "schedule": 3_600.0},
    "resources-contact": {"task": "resources.tasks.watch_contact", "schedule": 5.0, "options": {"expires": 10}},
    "resources-track": {"task": "resources.tasks.keep_track", "schedule": 21_600.0},
}
