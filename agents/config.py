"""The agents of this service: one line each."""

from agents.base import AgentSpec
from agents.billing import BILLING
from agents.faq import FAQ
from agents.roaming import ROAMING
from agents.tariff import TARIFF

AGENTS: tuple[AgentSpec, ...] = (BILLING, ROAMING, TARIFF, FAQ)
