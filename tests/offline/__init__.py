"""Keeps the tests off every network but loopback, in this process and in all that it starts."""

from pathlib import Path

FOLDER = str(Path(__file__).resolve().parent)
"""On the path of every process, so that Python loads sitecustomize.py from here before anything else."""
