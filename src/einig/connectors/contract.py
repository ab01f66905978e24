"""What a connector is: deliveries go in, and what they say of somebody comes out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

Settings = Mapping[str, str]


class Unverified(Exception):
    """A delivery does not prove that it comes from its sender; the message says what is wrong."""


class Unreadable(Exception):
    """A delivery is not what the sender's documents say; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a sender delivered, as it came over the wire."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    method: str = "POST"
    url: str = ""  # the whole address, as the sender called it
    query: Mapping[str, str] = field(default_factory=dict)
    at: int = 0  # microseconds since 1970 (UTC), when it arrived
    id: str = ""  # under which it is kept; no other one of this source has it
    fetched: Mapping[str, str] = field(default_factory=dict)  # what was asked for, by `Fetch.name`


@dataclass(frozen=True, slots=True)
class Reply:
    """What a sender is answered at once."""

    status: int = 200
    body: str = '{"ok": true}'
    kind: str = "application/json"
    location: str = ""  # where a browser goes on


@dataclass(frozen=True, slots=True)
class Fetch:
    """What has to be asked for before a delivery says anything: an address that answers JSON.

    `query` holds what goes into no log and no store, like a token.
    """

    name: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """A field that has to be filled in before a sender can be heard.

    `made_here` is one that Einig makes up and that is pasted at the sender's.
    """

    name: str
    label: str  # in English; pages translate it
    help: str = ""
    secret: bool = False
    required: bool = True
    usual: str = ""
    made_here: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What a delivery says: somebody is something, or did something.

    `id` is the same for the same fact, however often and in whatever shape it is delivered.
    `person` is under what the sender knows them; `attributes` with an address, a number or a handle
    say who it is wherever else they turn up.
    """

    id: str
    person: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    activity: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None  # when it happened; without it, when it arrived
    campaign: Mapping[str, str] = field(default_factory=dict)
    purposes: Mapping[str, str] = field(default_factory=dict)  # purpose: the text agreed to
    is_test: bool = False  # the sender's own test: shown, and never a lead
    is_contact: bool = False  # somebody who asked for nothing yet: no lead by this alone
    attempt: str = ""  # what we did ourselves to reach them: the channel, such as `call`
    reached: bool = False  # whether that attempt reached them


class Connector(ABC):
    """A sender. `kind` is the name of its folder; the same delivery is always read alike."""

    kind: ClassVar[str]
    name: ClassVar[str]
    settings: ClassVar[tuple[Setting, ...]] = ()

    def greet(self, delivery: Delivery, settings: Settings) -> Reply | None:
        """Return the answer to a handshake; None if the delivery is none. Raises Unverified.

        Most senders shake no hands.
        """
        del delivery, settings
        return None

    @abstractmethod
    def verify(self, delivery: Delivery, settings: Settings) -> None:
        """Prove over the raw body that it is the sender's. Raises Unverified."""

    def id_of(self, delivery: Delivery) -> str:
        """Return what says that two deliveries are the same one, come again. Raises Unreadable.

        Empty where the sender has nothing of the kind: the same body within ten minutes is the
        same delivery then, and later it is somebody who does it again.
        """
        del delivery
        return ""

    def wants(self, delivery: Delivery, settings: Settings) -> tuple[Fetch, ...]:
        """Return what has to be asked for next, until there is nothing more. Raises Unreadable.

        Most senders say all at once.
        """
        del delivery, settings
        return ()

    @abstractmethod
    def read(self, delivery: Delivery, settings: Settings) -> Iterable[Heard]:
        """Return what a delivery says. Raises Unreadable."""

    def thanks(self, delivery: Delivery, settings: Settings) -> Reply:
        """Return what the sender is answered once the delivery is kept.

        Most senders read nothing but the status.
        """
        del delivery, settings
        return Reply()
