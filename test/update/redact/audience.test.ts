import { expectTypeOf, it } from 'vitest';
import type { ApprovalSnapshot } from '../../../src/approvals/snapshot.ts';
import type { Json } from '../../../src/lib/json/json-value.ts';
import type { Redacted } from '../../../src/lib/json/redacted.ts';
import type { RecordedField } from '../../../src/store/log/entry.ts';
import type { makeQuestion } from '../../../src/update/confirm/question.ts';
import type { ChangeView, CollateralView, PlanView } from '../../../src/update/redact/types.ts';
import type { ChangeResult } from '../../../src/update/types.ts';

/** Types only: what breaks them is found by the compiler. */

it('a view made for one audience is not a view for another', () => {
  expectTypeOf<PlanView<'person'>>().not.toExtend<PlanView<'audit'>>();
  expectTypeOf<PlanView<'person'>>().not.toExtend<PlanView<'model'>>();
  expectTypeOf<PlanView<'model'>>().not.toExtend<PlanView<'audit'>>();
  expectTypeOf<PlanView<'audit'>>().not.toExtend<PlanView<'person'>>();
  expectTypeOf<PlanView<'model' | 'audit'>>().not.toExtend<PlanView<'audit'>>();
  expectTypeOf<CollateralView<'person'>>().not.toExtend<CollateralView<'model'>>();
});

it('an audit entry takes only values made for the audit log', () => {
  expectTypeOf<ChangeView<'audit'>>().toExtend<RecordedField>();
  expectTypeOf<ChangeView<'person'>>().not.toExtend<RecordedField>();
  expectTypeOf<ChangeView<'model'>>().not.toExtend<RecordedField>();
});

it('a result takes only values made for the model', () => {
  expectTypeOf<{ field: string; before: Redacted<'model'> }>().toExtend<ChangeResult>();
  expectTypeOf<{ field: string; before: Redacted<'person'> }>().not.toExtend<ChangeResult>();
  expectTypeOf<{ field: string; before: Redacted<'audit'> }>().not.toExtend<ChangeResult>();
});

it('a question and an approval take only views made for a person', () => {
  expectTypeOf<typeof makeQuestion>().parameter(0).toEqualTypeOf<PlanView<'person'>>();
  expectTypeOf<ApprovalSnapshot['changes'][number]>().toEqualTypeOf<ChangeView<'person'>>();
});

it('a value that was not redacted is none for any audience', () => {
  expectTypeOf<Json>().not.toExtend<Redacted<'model'>>();
  expectTypeOf<string>().not.toExtend<Redacted<'person'>>();
  expectTypeOf<Record<string, unknown>>().not.toExtend<Redacted<'audit'>>();
});
