"""The demo company: Kolbe Software GmbH, eighteen months of leads, and the truth about them.

Everything about it is simulated. It acts through the same functions as people and websites do.
"""

from einig.jobs.demo.arrivals import arrivals, arrive
from einig.jobs.demo.staff import Account, holds, new_passwords
from einig.jobs.demo.story import Company, fill
from einig.jobs.demo.truth import Truth

__all__ = [
    "Account",
    "Company",
    "Truth",
    "arrivals",
    "arrive",
    "fill",
    "holds",
    "new_passwords",
]
