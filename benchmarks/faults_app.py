"""The application for several customers: whose message it is, is told by a header. For benchmarks and tests only."""

from api import create_app
from config.settings import Settings
from models.principal import Principal

CUSTOMER_HEADER = "x-customer"

app = create_app(
    Settings.load(),
    identify=lambda request: Principal(tenant="default", customer_id=request.headers[CUSTOMER_HEADER]),
)
