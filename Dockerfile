# Duban as one image: it serves, or works (`duban worker`), or prepares the database (`duban init`). See docs/operations.md.
# The first two stages run the Makefile's own targets; the last one takes what they made. scripts/try_container_build tries the steps without an engine.

# -- what browsers run -----------------------------------------------------------------------------------------------------
FROM node:22-bookworm AS pages
WORKDIR /app
COPY Makefile package.json package-lock.json .npmrc ./
RUN make node_modules/.installed
COPY vite.config.mjs ./
COPY webapp/frontend webapp/frontend
RUN make pages

# -- Python's packages and the catalogues ----------------------------------------------------------------------------------
FROM python:3.11-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1
WORKDIR /app
COPY Makefile pyproject.toml README.md ./
COPY webapp/__init__.py webapp/__init__.py
COPY connectors/__init__.py connectors/__init__.py
RUN make .venv/.installed-many
COPY webapp webapp
COPY connectors connectors
RUN make catalogues
RUN .venv/bin/python -m compileall -q webapp connectors && .venv/bin/python -m pip uninstall --quiet --yes setuptools pip

# -- what runs -------------------------------------------------------------------------------------------------------------
FROM python:3.11-slim-bookworm
RUN python3.11 -m pip uninstall --quiet --yes --root-user-action=ignore wheel setuptools pip \
    && useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin duban \
    && install --directory --owner=duban --group=duban --mode=0750 /data
WORKDIR /app
ENV PATH=/app/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DUBAN_DATA=/data
COPY --from=packages /app/.venv .venv
COPY --from=packages /app/webapp webapp
COPY --from=packages /app/connectors connectors
COPY --from=pages /app/webapp/static/dist webapp/static/dist
COPY migrations migrations
COPY processes processes
COPY forms forms
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["duban"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
