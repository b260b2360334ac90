# The ostiary command with every service in it: `docker build -t ostiary .`, then `docker run ostiary --help`.
# The same Node.js as the tests run on.
FROM node:20.20.2-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
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
COPY test/package.json test/

# Scripts are ignored throughout: nothing here needs one, and `prepare` would compile before there are sources.
FROM manifests AS build
RUN npm ci --ignore-scripts
COPY tsconfig.base.json tsconfig.json ./
COPY schemas schemas
COPY models models
COPY runtime runtime
COPY services services
RUN npx tsc -b services/cli
# What runs, apart from what it is made of.
RUN mkdir /built && cp -r --parents */dist models/artefacts services/*/dist services/cli/bin /built

FROM manifests AS packages
RUN npm ci --omit=dev --ignore-scripts --workspace=ostiary

# npm is not needed to run, and whoever gets in finds less.
FROM node:20.20.2-bookworm-slim AS ostiary
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app ./
COPY --from=build /built ./
USER node
ENTRYPOINT ["node", "/app/services/cli/bin/ostiary.js"]
CMD ["--help"]
