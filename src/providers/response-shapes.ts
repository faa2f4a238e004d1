/** A response to a probe that is one object with an id, bare or in a `data` envelope. */
export const HAS_ID = [['id'], ['data', 'id']] as const;
