import type { LogFormat } from '../format.ts';
import { rgw } from './rgw.ts';
import { s3 } from './s3.ts';
import { squid } from './squid.ts';

/** Logs of proxies and object stores: who was sent what. */
export const OBJECT_FORMATS: readonly LogFormat[] = [squid, s3, rgw];
