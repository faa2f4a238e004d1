import type { Provider } from '../../provider.ts';
import { type ReportFault, shapeFaults } from '../faults.ts';
import { parsePointer } from '../pointer.ts';

/** The example is a call that the tool takes: models imitate it. */
export function checkExample({ example, userId, fields }: Provider, report: ReportFault): void {
  if (!userId.safeParse(example.user_id).success)
    report(['example', 'user_id'], 'is no id of the kind that userId says');
  const entries = Object.entries(example.set);
  if (entries.length === 0) report(['example', 'set'], 'names nothing to change');
  for (const [name, value] of entries) {
    const path = ['example', 'set', name];
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) {
      report(path, 'is no field');
      continue;
    }
    if (field.sensitivity === 'secret') report(path, 'is secret, and an example is shown');
    const parsed = field.schema.safeParse(value, { reportInput: false });
    if (parsed.success) continue;
    for (const { pointer, message } of shapeFaults(path, parsed.error.issues, value))
      report(parsePointer(pointer), message);
  }
}
