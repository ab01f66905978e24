"""What marketing and sales mean by a lead: read, checked, named by its content, and compared."""

from einig.engine.agreement.content import content_hash
from einig.engine.agreement.diff import Change, diff
from einig.engine.agreement.document import Document, load, loads
from einig.engine.agreement.model import Agreement
from einig.engine.agreement.rules import check

__all__ = ["Agreement", "Change", "Document", "check", "content_hash", "diff", "load", "loads"]
