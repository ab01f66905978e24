"""Learning: which leads close, told from a history in tables that people can read and edit."""
