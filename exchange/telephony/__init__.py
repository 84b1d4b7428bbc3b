"""The telephone exchange's door: what its events mean, how its messages are signed, and how it is listened to by SIP."""
