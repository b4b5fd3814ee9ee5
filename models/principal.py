"""Whose data a request may see."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Principal:
    """Scopes say what a request may do; who it is does not depend on them."""

    tenant: str
    customer_id: str
    scopes: frozenset[str] = field(default=frozenset(), compare=False)
