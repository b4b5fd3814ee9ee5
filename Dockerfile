# One image for every role: serve (default), worker, mcp NAME, migrate.
ARG PYTHON_IMAGE=python:3.12-slim

FROM ${PYTHON_IMAGE} AS python
# The image comes without bytecode of its standard library, and nobody may write it later: each start would compile it.
RUN python -m compileall -q -x '/(test|tests|idlelib|lib2to3|site-packages)/' /usr/local/lib/python3.12


FROM python AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_NO_CACHE=1
RUN pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
WORKDIR /build
COPY requirements.txt ./
# semantic-kernel asks for scipy (139 MB) and imports it nowhere on our path. No compiler is needed: all but two small
# packages of plain Python come built.
RUN sed '/^scipy==/,/[^\\]$/d' requirements.txt > locked.txt \
    && uv venv --python /usr/local/bin/python3.12 /opt/venv \
    && uv pip install --python /opt/venv/bin/python --no-deps --require-hashes \
        --only-binary :all: --no-binary pybars4 --no-binary pymeta3 -r locked.txt
# .dockerignore lets through what the service is made of, and nothing else.
COPY . /app
RUN rm -f /app/requirements.txt && /opt/venv/bin/python -m compileall -q /app


FROM python
ARG VERSION=latest
LABEL org.opencontainers.image.title="Semker" \
      org.opencontainers.image.description="Asynchronous message service for AI customer care" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
# What a named volume mounted here begins with, so that the user below may write to it.
RUN install -d -o 10001 -g 10001 /data /var/log/semker
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SERVER_HOST=0.0.0.0 \
    SERVER_PORT=8000 \
    LOG_FOLDER=/var/log/semker
WORKDIR /app
USER 10001:10001
EXPOSE 8000
# Not urllib: it would ask a proxy of the environment.
HEALTHCHECK --interval=10s --timeout=4s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client as h, os, sys; c = h.HTTPConnection('127.0.0.1', int(os.environ.get('PORT') or os.environ['SERVER_PORT']), timeout=3); c.request('GET', '/health/live'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["python", "main.py"]
CMD ["serve"]
