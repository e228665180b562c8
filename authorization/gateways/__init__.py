"""What is reached outside the centre: the shipped catalogue, the network of identity numbers."""

from authorization.gateways._catalogue import (
    PHRASES,
    phrases,
    standard_rules,
    standard_tier,
)
from authorization.gateways._identity import (
    IdNetwork,
    NetworkDown,
    ask_network,
)

__all__ = [
    "PHRASES",
    "IdNetwork",
    "NetworkDown",
    "ask_network",
    "phrases",
    "standard_rules",
    "standard_tier",
]
