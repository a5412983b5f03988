import type { LogFormat } from '../format.ts';
import { accessJson } from './access-json.ts';
import { gpfsAudit } from './gpfs-audit.ts';
import { linuxAudit } from './linux-audit.ts';
import { lustreChangelog } from './lustre-changelog.ts';
import { lustreJobstats } from './lustre-jobstats.ts';

/** Logs of storage, in the order in which they are asked. */
export const STORAGE_FORMATS: readonly LogFormat[] = [
  lustreJobstats,
  linuxAudit,
  gpfsAudit,
  lustreChangelog,
  accessJson,
];
