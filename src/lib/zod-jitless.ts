import * as z from 'zod';

/**
 * Without this, zod compiles a parser for every object schema from source text. This program never turns text into code,
 * and it starts faster without. A module of its own, to be imported first: schemas read the setting when they are created.
 */
z.config({ jitless: true });
