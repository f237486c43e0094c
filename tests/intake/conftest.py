"""Servers that tests of intake need."""

from tests.servers.dovecot import dovecot, dovecot_server

__all__ = ["dovecot", "dovecot_server"]
