"""Whose data a request may see."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    tenant: str
    customer_id: str
    scopes: frozenset[str] = frozenset()
