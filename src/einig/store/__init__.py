"""What Einig keeps: one Django app of models, whose constraints hold whatever happens."""
