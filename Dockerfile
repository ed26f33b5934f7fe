# semsearch in a container:
#
#   docker build --tag semsearch .
#   docker run --rm --publish 127.0.0.1:8000:8000 --read-only semsearch
#
# Whoever reaches the published port may read; docs/operations.md says how to ask for keys.
#
# The first stage builds the index, and needs torch for it. The final stage holds the locked
# dependencies of a running service, the package and the index, and nothing else.
# tests/packaging reads this file and does what the final stage does in a plain environment.

# A tag moves. For an image that can be made again, state a digest, as docs/operations.md says:
#   docker build --build-arg PYTHON_IMAGE=python:3.11-slim@sha256:DIGEST --tag semsearch .
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS build

# The usual build of torch for Linux brings gigabytes for graphics cards, which building an index
# does not need. A build for the CPU has the same version, and torch.lock states no hash: give the
# address of a package index that offers one. It never reaches the final stage.
#   docker build --build-arg PIP_EXTRA_INDEX_URL=ADDRESS --tag semsearch .
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# What changes rarely comes first, so that its layers are kept.
COPY requirements/run.lock requirements/wheel.lock requirements/torch.lock requirements/
RUN pip install --require-hashes --no-deps -r requirements/run.lock -r requirements/wheel.lock
RUN pip install -r requirements/torch.lock
COPY pyproject.toml README.md LICENSE ./
COPY semsearch semsearch
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist .
RUN pip install --no-deps dist/*.whl
COPY corpus corpus
RUN semsearch build corpus --index index


FROM ${PYTHON_IMAGE}

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /app

COPY requirements/serve.lock requirements/
RUN pip install --require-hashes --no-deps -r requirements/serve.lock
COPY --from=build /build/dist dist
RUN pip install --no-deps dist/*.whl
COPY --from=build /build/index index

# A number, so that a cluster can see that it is not root. Nothing is written while serving: the
# files may stay root's, and the root file system may be mounted read-only.
USER 10001:10001

# In a container every address is one for others, so reading is opened on purpose.
ENV SEMSEARCH_INDEX=/app/index SEMSEARCH_PORT=8000 SEMSEARCH_READ=open PYTHONUNBUFFERED=1
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["python", "-P", "-c", "import os, ssl; from urllib.request import HTTPSHandler, ProxyHandler, build_opener; scheme = 'https' if os.environ.get('SEMSEARCH_TLS_CERT') else 'http'; build_opener(ProxyHandler({}), HTTPSHandler(context=ssl._create_unverified_context())).open(f'{scheme}://127.0.0.1:{os.environ[\"SEMSEARCH_PORT\"]}/readyz', timeout=4)"]
CMD ["semsearch", "serve", "--host", "0.0.0.0"]
