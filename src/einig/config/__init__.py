"""How the parts are put together: settings, addresses, and the one server application."""
