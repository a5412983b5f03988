import type { LogFormat } from '../format.ts';
import { counterCsv } from './csv.ts';
import { influx } from './influx.ts';
import { prometheusRange } from './prometheus-range.ts';
import { prometheusText } from './prometheus-text.ts';

/** Readings of interfaces' counters. */
export const COUNTER_FORMATS: readonly LogFormat[] = [prometheusRange, prometheusText, influx, counterCsv];
