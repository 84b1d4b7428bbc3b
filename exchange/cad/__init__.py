"""Exports of computer-aided dispatch systems: profiles say what their columns mean."""
