import type { LogFormat } from '../format.ts';
import { pbs } from './pbs.ts';
import { slurm } from './slurm.ts';

/** Logs of schedulers, in the order in which they are asked. */
export const JOB_FORMATS: readonly LogFormat[] = [slurm, pbs];
