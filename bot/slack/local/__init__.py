"""A stand-in for Slack on loopback that refuses what Slack refuses."""

from .delivery import Delivery, Kind, Outcome, Patience
from .people import ALICE, BOB, GENERAL, SUBSCRIPTIONS
from .server import SlackServer
from .socket_mode import DisconnectReason
from .state import Installation, Message, StreamState, View
from .web_api import SCOPES

__all__ = [
    "ALICE",
    "BOB",
    "GENERAL",
    "SCOPES",
    "SUBSCRIPTIONS",
    "Delivery",
    "DisconnectReason",
    "Installation",
    "Kind",
    "Message",
    "Outcome",
    "Patience",
    "SlackServer",
    "StreamState",
    "View",
]
