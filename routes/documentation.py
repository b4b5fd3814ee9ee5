"""Swagger UI and ReDoc from our own files: the pages work without internet."""

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse, RedirectResponse

router = APIRouter(include_in_schema=False)
_READING = ["GET", "HEAD"]

# ReDoc asks another host for a logo; nothing of these pages may come from elsewhere.
_ONLY_OURS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' "
    "'unsafe-inline'; img-src 'self' data:; worker-src blob:; frame-ancestors 'none'"
}


@router.api_route("/", methods=_READING)
@router.api_route("/swagger", methods=_READING)
async def to_docs(request: Request) -> RedirectResponse:
    return RedirectResponse(f"{_root(request)}/docs")


@router.api_route("/docs", methods=_READING)
async def swagger_ui(request: Request) -> HTMLResponse:
    root = _root(request)
    page = get_swagger_ui_html(
        openapi_url=f"{root}/openapi.json",
        title=f"{request.app.title} - Swagger UI",
        swagger_js_url=f"{root}/static/swagger-ui/swagger-ui-bundle.js",
        swagger_css_url=f"{root}/static/swagger-ui/swagger-ui.css",
        swagger_favicon_url=f"{root}/static/favicon.svg",
    )
    page.headers.update(_ONLY_OURS)
    return page


@router.api_route("/redoc", methods=_READING)
async def redoc(request: Request) -> HTMLResponse:
    root = _root(request)
    page = get_redoc_html(
        openapi_url=f"{root}/openapi.json",
        title=f"{request.app.title} - ReDoc",
        redoc_js_url=f"{root}/static/redoc/redoc.standalone.js",
        redoc_favicon_url=f"{root}/static/favicon.svg",
        with_google_fonts=False,
    )
    page.headers.update(_ONLY_OURS)
    return page


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/")
