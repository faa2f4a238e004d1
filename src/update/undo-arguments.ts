import * as z from 'zod';

/** What an undo takes: what is listed, and what arguments are parsed with. */
export const undoSchema = z.strictObject({
  change_id: z.string().min(1).max(64),
  reason: z.string().max(500).optional(),
  dry_run: z.boolean().optional(),
});

export type UndoArguments = z.output<typeof undoSchema>;
