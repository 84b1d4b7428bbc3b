"""A synthetic Beijing for a first visit: deterministic by seed, approximate where it follows the real city, invented elsewhere.

Real are the names of districts and townships and their rough centres; boundaries are cells around those centres. Invented are
roads, house numbers, parks and points of interest. Everything made here carries `SOURCE`.
"""

SOURCE = "sample"
