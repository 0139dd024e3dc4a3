# The program from its wheel, with every package pinned by hash. Runs as an ordinary user on the folder /paper.
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /venv \
 && /venv/bin/python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY kawaraban kawaraban
COPY renderers renderers
COPY flows flows
COPY desk desk
RUN /venv/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --create-home --uid 1000 kawaraban && mkdir /paper && chown kawaraban /paper
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH KAWARABAN_ROOT=/paper PYTHONUNBUFFERED=1 DO_NOT_TRACK=1
USER kawaraban
WORKDIR /paper
VOLUME /paper
ENTRYPOINT ["kawaraban"]
CMD ["status"]
