import type { LeafFinding, PolicyFinding } from '../../update/policy/report.ts';
import type { Decision } from '../../update/policy/rules.ts';
import { terminalWidth, toTable, wrap } from '../table.ts';

/** What `policy test` found. */
export interface TrialReport {
  provider: string;
  connection: string;
  /** Null: judged without a user record. */
  user: string | null;
  caller: string;
  /** How many user records count, if a rule asks. */
  people?: number;
  /** `unchanged`: the user record has the values already. `unknown`: it depends on what is not known. */
  verdict: Decision | 'unchanged' | 'unknown';
  rule?: string;
  note?: string;
  /** Where the verdict is unknown. */
  possible?: readonly PolicyFinding[];
  depends_on?: readonly string[];
  fields: readonly LeafReport[];
  notes: readonly string[];
}

interface LeafReport {
  field: string;
  effect: string;
  side_effect?: true;
  decision: Decision | 'unknown';
  rule?: string;
  note?: string;
  possible?: readonly PolicyFinding<Decision>[];
}

export function toLeafReport({ field, effect, sideEffect, possible }: LeafFinding): LeafReport {
  const of = { field, effect, ...(sideEffect && { side_effect: true as const }) };
  const [finding, ...others] = possible;
  return finding && others.length === 0 ? { ...of, ...finding } : { ...of, decision: 'unknown', possible };
}

/** Lines for people. */
export function toTrialText(report: TrialReport): string {
  const { provider, connection, user, caller, fields, notes } = report;
  const rows = fields.map((leaf) => {
    const possible = leaf.possible ?? [leaf];
    const decisions = new Set(possible.map(({ decision }) => decision));
    const rules = new Set(possible.map(({ rule = '' }) => rule));
    const field = leaf.side_effect ? `${leaf.field} (the vendor may set it)` : leaf.field;
    return [field, leaf.effect, [...decisions].join(' or '), [...rules].join(' or ')];
  });
  const where = provider === connection ? provider : `${provider}, connection ${connection}`;
  return [
    ...wrap(`${where}, ${user === null ? 'no user record' : `user ${user}`}, caller ${caller}`, WIDTH),
    ...wrap(`Verdict: ${verdictText(report)}`, WIDTH),
    ...(rows.length === 0 ? [] : ['', toTable(['FIELD', 'EFFECT', 'DECISION', 'RULE'], rows, { width }), '']),
    ...notes.flatMap((note) => wrap(note, WIDTH)),
  ].join('\n');
}

const WIDTH = 80;
const width = terminalWidth();

const MEANINGS: Readonly<Record<Decision, string>> = {
  allow: 'no question',
  confirm: 'a person is asked',
  approve: 'an approver decides',
  strip: 'left out of the call',
  deny: 'refused before anyone is asked',
};

function verdictText({ verdict, rule, note, possible = [], depends_on: dependsOn = [] }: TrialReport): string {
  if (verdict === 'unchanged') return 'unchanged. The user record has these values already.';
  if (verdict === 'unknown') {
    const ways = possible.map((one) => `${one.decision} (${one.rule})`);
    return `cannot tell: ${ways.join(' or ')}, depending on ${dependsOn.join(', ')}.`;
  }
  return `${verdict}, ${MEANINGS[verdict]}. Rule: ${rule}${note === undefined ? '' : ` (${note})`}.`;
}
