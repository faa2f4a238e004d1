import * as z from 'zod';
import { bounds } from '../../bounds.ts';

/** The arguments of `undo_change`: listed to clients, and used to parse calls. */
export const undoSchema = z.strictObject({
  change_id: z.string().min(1).max(64),
  reason: z.string().max(bounds.reasonCharacters).optional(),
  dry_run: z.boolean().optional(),
});

/** The undo of one change. */
export type UndoArguments = z.output<typeof undoSchema>;

/** The undo of a batch. */
export type BatchUndoArguments = Omit<UndoArguments, 'change_id'> & { batch_id: string };
