import { ProviderTextError } from '../../config/providers/file-text.ts';
import { readProvider } from '../../config/providers/read.ts';
import { toProviderSource } from '../../config/providers/source.ts';
import type { FileFault } from '../../providers/declared/faults.ts';
import { trapsIn, writtenDefaults } from '../../providers/declared/traps.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Called } from '../definitions/command.ts';
import { toFinding } from '../findings.ts';
import { print } from '../output.ts';

interface CheckReport {
  ok: boolean;
  faults: readonly FileFault[];
  traps: readonly FileFault[];
  /** Of a file without faults. */
  provider?: Provider;
  place(pointer: string): string;
}

/** `provider check`. */
export async function check({ values, args: [file = ''] }: Called<{ json?: boolean }>): Promise<number> {
  const report = await checkFile(file);
  const { ok, faults, traps } = report;
  if (values.json) print(JSON.stringify({ ok, faults, traps }));
  else for (const line of toLines(file, report)) print(line);
  return ok ? 0 : 1;
}

async function checkFile(file: string): Promise<CheckReport> {
  const source = toProviderSource(file, process.cwd(), 'FILE');
  try {
    const { content, checked, positionOf } = await readProvider(source);
    const place = (pointer: string) => (positionOf ? ` (${positionOf(pointer)})` : '');
    if (!checked.ok) return { ok: false, faults: checked.faults, traps: writtenDefaults(content), place };
    return { ok: true, faults: [], traps: trapsIn(checked.file), provider: checked.provider, place };
  } catch (error) {
    if (!(error instanceof ProviderTextError)) throw error;
    return { ok: false, faults: [{ pointer: '', message: error.fault }], traps: [], place: () => '' };
  }
}

function toLines(file: string, { faults, traps, provider, place }: CheckReport): string[] {
  const whole = (pointer: string) => (pointer === '' ? file : pointer);
  return [
    ...(provider ? [toFinding('ok', file, summaryOf(provider))] : []),
    ...faults.map(({ pointer, message }) => toFinding('FAIL', whole(pointer), `${message}${place(pointer)}`)),
    ...traps.map(({ pointer, message }) => toFinding('note', whole(pointer), `${message}${place(pointer)}`)),
  ];
}

function summaryOf({ id, title, fields, env }: Provider): string {
  const count = Object.keys(fields).length;
  return `${title}: tool ${id}_update_user, ${count} field${count === 1 ? '' : 's'}, variables ${Object.values(env).join(', ')}`;
}
