import type { LogFormat } from '../format.ts';
import { globus } from './globus.ts';
import { gridftp } from './gridftp.ts';
import { http } from './http.ts';
import { rsyncd } from './rsyncd.ts';
import { sftp } from './sftp.ts';
import { vsftpd, xferlog } from './vsftpd.ts';
import { xrootd } from './xrootd.ts';
import { xrootdLog } from './xrootd-log.ts';

/** Logs of services that move files across the perimeter, in the order in which they are asked. */
export const TRANSFER_FORMATS: readonly LogFormat[] = [
  gridftp,
  sftp,
  rsyncd,
  xferlog,
  vsftpd,
  xrootd,
  xrootdLog,
  globus,
  http,
];
