"""Loaded first by every Python process of the tests: a line to another machine, or a question for a name, is refused and written down.

Addresses and names that stand for nobody (RFC 5737, RFC 2606) are refused too and not written down: tests use them to be refused.
"""

import os
import sys

# Not the program's own prefix: tests take variables with that one away from what they start.
CALLS = "TESTS_REACHED_OUT"
_CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_ASKING = frozenset(
    {
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyname_ex",
        "socket.gethostbyaddr",
        "socket.getnameinfo",
    }
)
_NOBODY = ("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:")
_RESERVED = (".example", ".invalid", ".test", ".example.com", ".example.org", ".localhost")


def _is_here(host: str) -> bool:
    return host in {"", "localhost", "::1"} or host.startswith(("127.", "::ffff:127."))


def _is_nobody(host: str) -> bool:
    return host.startswith(_NOBODY) or f".{host}".lower().rstrip(".").endswith(_RESERVED)


def _host(event: str, arguments: tuple) -> object:  # type: ignore[type-arg]
    if event in _ASKING:
        return arguments[0][0] if event == "socket.getnameinfo" else arguments[0]
    address = arguments[1] if len(arguments) > 1 else None
    # A path is a socket of this machine; a connected socket names no address again.
    return address[0] if isinstance(address, tuple) and address and isinstance(address[0], str) else None


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def watch(event: str, arguments: tuple) -> None:  # type: ignore[type-arg]
    """Refuse what leads to another machine."""
    if event not in _CONNECTING and event not in _ASKING:
        return
    found = _host(event, arguments)
    host = found.decode("ascii", "replace") if isinstance(found, bytes) else found
    if not isinstance(host, str) or _is_here(host) or (event in _ASKING and _is_number(host)):
        return
    if not _is_nobody(host):
        _write_down(f"{event} {host}")
    raise OSError(101, "the tests reach no other machine")


def _write_down(told: str) -> None:
    file = os.environ.get(CALLS)
    if file:
        with open(file, "a", encoding="utf-8") as lines:  # noqa: PTH123 - loaded before everything
            lines.write(f"{told} {' '.join(sys.argv)[:200]}\n")


sys.addaudithook(watch)
