"""Watching: whether the version in force keeps what the test on past data promised."""

from einig.engine.watching.cases import Cases, cases
from einig.engine.watching.criteria import Fallen, Shares, fallen
from einig.engine.watching.incoming import Incoming, counted_as, incoming
from einig.engine.watching.makeup import Makeup, Moved, moved
from einig.engine.watching.precision import PrecisionTest, precision_test
from einig.engine.watching.promise import Promise, handed_over, promise
from einig.engine.watching.volume import VolumeTest, volume_test

__all__ = [
    "Cases",
    "Fallen",
    "Incoming",
    "Makeup",
    "Moved",
    "PrecisionTest",
    "Promise",
    "Shares",
    "VolumeTest",
    "cases",
    "counted_as",
    "fallen",
    "handed_over",
    "incoming",
    "moved",
    "precision_test",
    "promise",
    "volume_test",
]
