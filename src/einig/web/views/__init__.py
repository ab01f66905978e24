"""Views: one noun a file, one call into the flow a view."""
