"""The words of the product as frozen values; imports the standard library only."""
