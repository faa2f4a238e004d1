import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs of Debian that some tests start. In CI they have to be there. */

export const nginx = find('nginx');
export const systemdAnalyze = find('systemd-analyze');

/** The path of a program; undefined, with a line on stderr, where it is not installed. */
function find(name: string): string | undefined {
  // Debian keeps servers outside the PATH of users.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) process.stderr.write(`${name} is not installed: its tests are left out\n`);
  return found;
}
