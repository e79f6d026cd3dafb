# The server as an image: compiled code and production dependencies, run by a user that is not root.
# Build:  docker build --tag sluice .
# Run:    docker run --publish 8080:8080 --env-file sluice.env --volume sluice-keys:/srv/sluice/keys sluice
# Command line:  docker exec CONTAINER node dist/cli.js --help
# Set at least SLUICE_ISSUER, SLUICE_DATABASE_URL, SLUICE_COOKIE_SECRETS and SLUICE_KEYS_SECRET; docs/reference/settings.md has them all.

FROM node:24-bookworm-slim AS build
WORKDIR /srv/sluice
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /srv/sluice
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
# The allocator gives memory back, and the heap is collected before it has grown to what the machine has.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    SLUICE_HOST=0.0.0.0 \
    SLUICE_PORT=8080
WORKDIR /srv/sluice
COPY --from=dependencies /srv/sluice/node_modules node_modules
COPY --from=build /srv/sluice/dist dist
COPY package.json ./
COPY migrations migrations
COPY views views
COPY examples examples
# The embedded PostgreSQL writes to var/ when no SLUICE_DATABASE_URL is set.
RUN mkdir keys var && chown node:node keys var
USER node
# The issuer, and the metrics.
EXPOSE 8080 9080
STOPSIGNAL SIGTERM
# Behind a proxy that ends TLS; with SLUICE_TLS_CERT_FILE give a check of your own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.SLUICE_PORT + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=16", "--max-old-space-size=512", "dist/main.js"]
