"""xiansuo (线索): proposes checkable clues from petitions and interview records; a person decides."""

__version__ = "0.1.0"
