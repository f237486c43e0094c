"""The routes: one module per area, each with a `router`; every route has a guard."""
