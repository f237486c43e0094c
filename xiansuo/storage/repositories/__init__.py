"""One module of functions per aggregate: session first, domain values in and out, never a commit."""
