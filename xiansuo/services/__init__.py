"""One file per use case; flows, web and command line call only these."""
