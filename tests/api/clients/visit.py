"""What a Python product says about a person, through the SDK as its documents show it."""

from __future__ import annotations

import sys

from segment import analytics

host, key, email, gzip = sys.argv[1:]


def fail(error: object, _messages: object) -> None:
    """Say what the SDK could not deliver."""
    sys.exit(f"not delivered: {error}")


analytics.write_key, analytics.host, analytics.gzip = key, host, gzip == "gzip"
analytics.on_error = fail
browser = f"visitor-{email}"
analytics.page(anonymous_id=browser, name="Pricing", properties={"path": "/pricing"})
analytics.track(anonymous_id=browser, event="webinar_attended")
analytics.identify(email, {"email": email, "name": "Petra Lindner"}, anonymous_id=browser)
analytics.group(email, "pumpen", {"name": "Pumpen", "industry": "Software"})
analytics.track(email, "demo_requested", {"product": "Pumps"})
analytics.shutdown()
