"""The application for several customers: whose message it is, is told by a header. For benchmarks and tests only."""

from typing import Annotated, get_args

from fastapi import Header

from api import create_app
from config.settings import Settings
from models.principal import Principal
from routes.dependencies import Owner

CUSTOMER_HEADER = "x-customer"


async def principal(x_customer: Annotated[str, Header()]) -> Principal:
    return Principal(tenant="default", customer_id=x_customer)


app = create_app(Settings.load())
app.dependency_overrides[get_args(Owner)[1].dependency] = principal
