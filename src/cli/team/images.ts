/**
 * The images that a team server is made of, pinned to the index digest of one release, for all platforms:
 * https://hub.docker.com/_/node, and https://hub.docker.com/_/postgres (17.11).
 */
export const IMAGES = {
  node: 'node:24.21.0-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe',
  postgres: 'postgres:17@sha256:d74eeac9a635390a49bc21bd49fccd973de707e2a53a76ac49b552b8712ec46f',
} as const;
