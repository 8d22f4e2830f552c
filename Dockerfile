# ingestd as a container; docs/docker.md tells how to build, run and pin it.
# Nothing here depends on the processor: every package is installed as a wheel, on amd64 and arm64.

ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
# no pip in it: the final image can install nothing into it
RUN python3 -m venv --without-pip /opt/ingestd
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY ingestd ingestd
RUN pip --python /opt/ingestd/bin/python install \
        --no-cache-dir --only-binary :all: --constraint constraints.txt ".[all]"

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="ingestd" \
      org.opencontainers.image.description="Carries invoices from folders into Kanbert: once each, and none lost." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/ingestd /opt/ingestd
COPY docker/as-owner docker/ingestd docker/ingestd-alive /usr/local/bin/
# for everybody, as /tmp: a new volume takes this over, and `user:` may be anyone
RUN mkdir -m 1777 /state
# HOME: root's is closed to whom we become, which libpq takes for an error
ENV HOME=/state \
    PYTHONDONTWRITEBYTECODE=1 \
    INGESTD_STATE_DIR=/state \
    INGESTD_HEARTBEAT_FILE=/tmp/ingestd.heartbeat
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["ingestd-alive"]
ENTRYPOINT ["ingestd"]
CMD ["run"]
