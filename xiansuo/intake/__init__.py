"""Bytes into letters: one reader per format; no database, no classification."""
