"""Measures the product against named baselines in one run. `./city bench [NAME ...]`; figures go to docs/explanation/performance.md."""
