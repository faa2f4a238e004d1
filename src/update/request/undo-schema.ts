import * as z from 'zod';
import { bounds } from '../../bounds.ts';

const id = () => z.string().min(1).max(64).optional();

/** The arguments of `undo_change`: listed to clients, and used to parse calls. Exactly one of the ids has to be given. */
export const undoSchema = z.strictObject({
  change_id: id(),
  batch_id: id(),
  reason: z.string().max(bounds.reasonCharacters).optional(),
  dry_run: z.boolean().optional(),
});

type OtherArguments = Omit<z.output<typeof undoSchema>, 'change_id' | 'batch_id'>;

/** The undo of one change. */
export type UndoArguments = OtherArguments & { change_id: string };

/** The undo of a batch. */
export type BatchUndoArguments = OtherArguments & { batch_id: string };
