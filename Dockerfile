# One image for every part of Cairn: the API, the worker and the migrations differ only in their command.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv /opt/cairn
ENV PATH=/opt/cairn/bin:$PATH

# Requirements change seldom: a layer of their own, so that a change of code does not install them again.
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md ./
COPY configuration ./configuration
COPY domain ./domain
COPY infrastructure ./infrastructure
COPY di ./di
COPY migrations ./migrations
COPY app ./app
RUN pip install --no-deps --no-build-isolation .

# The lock also holds what contributors need. Their tools go, then the installers; `pip check` between the two stops the
# build if anything that serves still needed one of them.
RUN python -c "import tomllib; \
      dev = tomllib.load(open('pyproject.toml', 'rb'))['dependency-groups']['dev']; \
      print(*(line.split('>')[0] for line in dev))" | xargs pip uninstall --yes --quiet \
 && pip check \
 && pip uninstall --yes --quiet setuptools pip

FROM python:3.13-slim
RUN groupadd --system --gid 10001 cairn \
 && useradd --system --uid 10001 --gid cairn --home-dir /var/lib/cairn --shell /usr/sbin/nologin cairn \
 && install --directory --owner cairn --group cairn --mode 0700 /var/lib/cairn
COPY --from=build /opt/cairn /opt/cairn
ENV PATH=/opt/cairn/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CAIRN_DATA_DIR=/var/lib/cairn
WORKDIR /var/lib/cairn
USER cairn
VOLUME /var/lib/cairn
EXPOSE 8080
# Cairn ends cleanly on SIGTERM: it finishes what it serves, then closes its connections.
STOPSIGNAL SIGTERM
# Liveness only: a container that waits for its database is healthy; restarting it would not bring the database back.
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 \
  CMD python -c "import os, urllib.request as web; \
      web.urlopen('http://127.0.0.1:' + os.environ.get('CAIRN_PORT', '8080') + '/health/live', timeout=2)"
CMD ["cairn", "serve", "--host", "0.0.0.0"]
