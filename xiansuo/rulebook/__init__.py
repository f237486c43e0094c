"""Rule books: named tests that inspectors write, and what they find in a letter."""
