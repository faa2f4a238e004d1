import { html } from 'hono/html';
import type { Entry, EntryKind } from '../../../../store/log/entry.ts';
import type { ChangeFacts } from '../../history/change.ts';
import type { Markup } from '../layout.ts';
import { instant, quoted } from '../text.ts';

const KINDS: Readonly<Record<EntryKind, string>> = {
  opened: 'Intent, before the write',
  closed: 'Outcome',
  attempt: 'Attempt without a write',
  approval: 'Approval',
  batch: 'Batch',
};

/** The entries of a change as links of the hash chain, and how the chain is checked. */
export function entryTable({ trail, approval, verifyCommand }: ChangeFacts): Markup {
  const entries = [...trail.entries, ...(approval?.entries ?? [])].sort((one, other) => one.seq - other.seq);
  const distinct = entries.filter(({ seq }, at) => seq !== entries[at - 1]?.seq);
  return html`<ol class="entries links">${distinct.map(entryItem)}</ol>
<p class="small quiet">Each hash covers its entry and the hash of the one before. <code>${verifyCommand}</code> checks the whole chain, and that these hashes are in it.</p>`;
}

function entryItem({ seq, kind, at, outcome, hash, prev, body }: Entry): Markup {
  return html`<li><b>Entry ${seq}: ${KINDS[kind] ?? kind}</b>
<span class="small">${instant(at)}, ${outcome.replace('_', ' ')}${body.approver === undefined ? '' : html` by ${quoted(body.approver)}`}</span>
<dl class="hashes small"><div><dt>Hash</dt><dd><code>${hash}</code></dd></div><div><dt>Hash of the entry before</dt><dd><code>${prev}</code></dd></div></dl></li>`;
}
