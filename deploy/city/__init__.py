"""The set-up and the operation of one machine: standard library only, everything it makes lives under ./var."""
