"""The database: tables, sessions, the vault, and one repository of functions per aggregate."""
