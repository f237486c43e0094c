"""Real servers for tests, each started once per test process on a free loopback port."""
