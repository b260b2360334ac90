# An image for each service, with what it needs and nothing else: `docker build --build-arg SERVICE=detector -t ostiary-detector .`,
# then `docker run ostiary-detector run detector`. Without the argument, one with the whole command and every service in it.
# The same Node.js as the tests run on.
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc turbo.json ./
COPY schemas/package.json schemas/
COPY models/package.json models/
COPY runtime/package.json runtime/
COPY services/census/package.json services/census/
COPY services/cli/package.json services/cli/
COPY services/collector/package.json services/collector/
COPY services/desk/package.json services/desk/
COPY services/detector/package.json services/detector/
COPY services/enricher/package.json services/enricher/
COPY services/forwarder/package.json services/forwarder/
COPY services/launcher/package.json services/launcher/
COPY test/package.json test/
# Scripts are ignored throughout: nothing here needs one, and `prepare` would compile before there are sources.
RUN npm ci --ignore-scripts
COPY tsconfig.base.json tsconfig.json ./
COPY schemas schemas
COPY models models
COPY runtime runtime
COPY services services
RUN npx tsc -b services/cli
ARG SERVICE=ostiary
ENV TURBO_TELEMETRY_DISABLED=1
# The manifests and the lock file of what is wanted go to /pruned/json, what was compiled of it to /pruned/built.
RUN if [ "$SERVICE" = ostiary ]; then wanted=ostiary; start=cli; else wanted="@ostiary/$SERVICE @ostiary/launcher"; start=launcher; fi && \
    npx turbo prune $wanted --docker --out-dir /pruned && mkdir /pruned/built && \
    for part in $(cd /pruned/json && find schemas models runtime services -name package.json -printf '%h '); do \
      for made in dist bin artefacts; do if [ -e "$part/$made" ]; then cp -r --parents "$part/$made" /pruned/built; fi; done; \
    done && ln -s "services/$start/bin/ostiary.js" /pruned/built/ostiary.js

FROM node:20.20.2-bookworm-slim AS packages
WORKDIR /app
COPY --from=build /pruned/json ./
RUN npm ci --omit=dev --ignore-scripts

# npm is not needed to run, and whoever gets in finds less.
FROM node:20.20.2-bookworm-slim AS ostiary
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-*
ENV NODE_ENV=production
# What the allocator keeps for each thread is not given back, and Node.js has few threads that need their own.
ENV MALLOC_ARENA_MAX=2
# Services say there how they are; a port of the container, which nobody outside reaches unless it is published.
ENV OSTIARY_LISTEN=0.0.0.0:9464
WORKDIR /app
COPY --from=packages /app ./
COPY --from=build /pruned/built ./
# A number, so that Kubernetes can tell that it is not root.
USER 10001:10001
HEALTHCHECK --interval=15s --timeout=5s --start-period=2m --retries=4 CMD ["node", "-e", "fetch('http://127.0.0.1:9464/livez').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/ostiary.js"]
CMD ["--help"]
