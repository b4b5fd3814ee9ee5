"""The application with one more route, which fails as no route should: `uvicorn tests.doubles.crashing_app:app`."""

from api import create_app
from config.settings import Settings

CANARY = "canary-of-a-crash anna@mail.example"

app = create_app(Settings.load())


@app.post("/crash")
async def crash() -> None:
    raise ValueError(CANARY)
