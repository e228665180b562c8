"""What is reached outside the centre: the shipped catalogue, the network of identity numbers."""

from authorization.gateways._catalogue import standard_rules
from authorization.gateways._identity import (
    IdNetwork,
    NetworkDown,
    ask_network,
)

__all__ = [
    "IdNetwork",
    "NetworkDown",
    "ask_network",
    "standard_rules",
]
