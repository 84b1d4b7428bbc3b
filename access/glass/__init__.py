"""Broken glass afterwards: who saw or did what was not theirs, when, why and what; and what a supervisor says of it, once, in words."""
