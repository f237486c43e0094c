"""Benchmarks: each prints ratios against a baseline run beside it."""
