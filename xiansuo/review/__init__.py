"""The web application in which people read, confirm and hand on."""
