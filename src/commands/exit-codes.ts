/** What the process ends with (docs/commands.md). Errors carry their own code, see errors.ts. */
export const EXIT_LEADS = 1;
export const EXIT_USAGE = 2;
export const EXIT_INPUT = 3;
export const EXIT_INTERNAL = 4;
