"""Prefect flows: one file per flow. A flow orders services, sets retries and passes ids and paths only."""
