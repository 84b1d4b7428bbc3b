"""The real programs under the real supervisor, on a cluster of their own with fsync on, killed in turn while people write and read."""
