"""Incidents as the REST API sends (`writing`) and answers (`reading`) them."""
