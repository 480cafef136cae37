FROM python:3.13-slim-trixie AS build

ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
# The dependencies are a layer of their own: a change of code does not fetch them again.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-project
COPY . .
RUN uv sync --frozen --no-dev


FROM python:3.13-slim-trixie

RUN useradd --system --uid 10001 --no-create-home cocreate \
    && install -d -o cocreate -g cocreate /var/lib/cocreate
# The same path as in the build stage: the environment knows the project by it.
COPY --from=build /app /app
WORKDIR /app
USER cocreate

ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    COCREATE_DATA=/var/lib/cocreate \
    HOST=0.0.0.0 \
    PORT=8000
EXPOSE 8000
VOLUME /var/lib/cocreate

HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health/ready', timeout=2)"]
CMD ["cocreate", "serve"]
