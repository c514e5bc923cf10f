"""Tests of the store, on SQLite and on PostgreSQL: the same tests, for the statements are the same."""
