"""Django's backend for SQLite, with more patience for others who write."""
