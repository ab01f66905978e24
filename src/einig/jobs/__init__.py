"""Work beside the pages: the worker."""
