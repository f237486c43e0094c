"""Scripts that make samples and print measurements; nothing imports them but tests."""
