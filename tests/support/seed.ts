import fc from 'fast-check';

/**
 * Properties are tried on the same cases in every run, so that a failure is the work of a change and of nothing else.
 * `WEIR_SEED=random` (or a number) tries others, on purpose and by somebody who looks.
 */
const seed = process.env.WEIR_SEED ?? '20260301';

if (seed !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
