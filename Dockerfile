# One static binary, and the git that `patternbook diff --git` asks. Build it with: docker build -t patternbook .
#
#     docker run --rm -v "$PWD:/stacks" patternbook build --check vpc.yaml
FROM rust:1.95-alpine3.22 AS build
# The allocator is compiled from C.
RUN apk add --no-cache "musl-dev>=1.2"
WORKDIR /src
COPY . .
RUN cargo build --locked --release

FROM alpine:3.22
# Repositories that are mounted, or checked out by a pipeline, belong to somebody else. They are only read.
RUN apk add --no-cache "git>=2.49" \
    && git config --system --add safe.directory '*'
COPY --from=build /src/target/release/patternbook /usr/local/bin/patternbook
USER 65532:65532
WORKDIR /stacks
ENTRYPOINT ["patternbook"]
CMD ["--help"]
