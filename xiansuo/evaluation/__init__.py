"""Measures suggestions against gold letters."""
