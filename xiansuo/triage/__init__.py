"""Decides what a letter proposes, how it is ordered and which letters belong together; pure functions over domain values."""
