import * as z from 'zod';

/**
 * zod would compile a parser for every object schema from text. This program turns no text into code, and it starts
 * sooner without. Imported before anything else, since schemas look at it when they are made.
 */
z.config({ jitless: true });
