"""Which addresses a customer's callback may reach: the public internet, nothing inside."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

MAX_URL_LENGTH = 2048
type Address = IPv4Address | IPv6Address

# 6to4, Teredo, NAT64, deprecated site-local and IPv4-in-IPv6 addresses: each can lead to an IPv4 address inside
_TUNNELS = tuple(
    IPv6Network(net)
    for net in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48", "fec0::/10", "::/96", "::ffff:0:0:0/96")
)
_PROTOCOLS = tuple(
    IPv4Network(net)
    for net in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")  # the last one is Azure's own host
)


def is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _TUNNELS):
            return False
    elif any(address in network for network in _PROTOCOLS):
        return False
    return address.is_global and not address.is_multicast


def is_callable(url: str, *, schemes: frozenset[str]) -> bool:
    if len(url) > MAX_URL_LENGTH or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    has_extras = "@" in parts.netloc or "#" in url
    return parts.scheme in schemes and bool(parts.hostname) and port != 0 and not has_extras
