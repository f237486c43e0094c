"""Trains, calibrates, explains and keeps the models that propose categories."""
