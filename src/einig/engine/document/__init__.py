"""Reading documents that people write: YAML with places, shapes, and issues that help."""

from einig.engine.document.issues import Issue, Place, Refused, Said, refuse, said
from einig.engine.document.source import Entries, Items, Node, Scalar, read_file, read_source

__all__ = [
    "Entries",
    "Issue",
    "Items",
    "Node",
    "Place",
    "Refused",
    "Said",
    "Scalar",
    "read_file",
    "read_source",
    "refuse",
    "said",
]
