import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../sources/read.ts';

const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { engines: { node: string } };

/** The oldest Node that the package promises to run on, such as `20.12.0`. */
export const OLDEST = `${/^>=(\d+\.\d+)$/.exec(engines.node)?.[1] ?? engines.node}.0`;

/** The first version with an SQLite that needs no flag. */
const FIRST_WITH_SQLITE = '22.13.0';

/** The release lines that are tested, oldest first. */
export const LINES = ['20', '22', '24', '26'];

/** What `npm run test:nodes` runs on; a line stands for its newest version. */
export const VERSIONS = [OLDEST, FIRST_WITH_SQLITE, ...LINES].sort(
  (a, b) => Number.parseFloat(a) - Number.parseFloat(b),
);
