"""The pages: views, one noun a file, with forms, templates and the few scripts they need."""
