import type { AccessKeys } from '../facility/facility.ts';
import type { FormatLayout, Layout } from './layout.ts';
import type { RecordRule } from './record.ts';
import type { Field, NumberFields, RawRelation } from './relation.ts';
import type { Rewrite } from './rewrite.ts';

/** What a log may leave unsaid, so that weir.yaml has to say it of the sensor. */
export type NeededSetting = 'timezone' | 'year' | 'samplingRate';

/** What weir.yaml says of the sensor that wrote a log. */
export interface SensorSettings {
  readonly name: string;
  /** Name of the format its logs are of, where their content does not tell. */
  readonly format: string | undefined;
  /** Columns of its logs in order, where they have no header line. */
  readonly fields?: readonly string[] | undefined;
  /** What its logs call the centre's own ends of transfers. */
  readonly ownEndpoints?: readonly string[] | undefined;
  /** The keys of its JSON lines, where they are accesses of no known format. */
  readonly keys?: AccessKeys | undefined;
  /** The host that wrote its logs, where they do not name it. */
  readonly host?: string | undefined;
  /** IANA name or offset. */
  readonly timezone: string | undefined;
  /** That of an input's first line. */
  readonly year: number | undefined;
  /** Whether the time at which a file was last changed tells the year of its lines. */
  readonly yearOfFile?: boolean;
  /** One packet in how many; undefined where weir.yaml does not say. */
  readonly samplingRate: number | undefined;
  readonly samplingScaled: boolean;
}

/** The beginning of an input, as formats look at it. */
export interface FirstLines {
  /** Whole lines without their ends, blank ones and comments included. */
  readonly lines: readonly string[];
  /** Those among the first 200 that are JSON objects. */
  readonly objects: readonly Readonly<Record<string, unknown>>[];
  /** The top-level keys of these, sorted. */
  readonly keys: readonly string[];
  /** Whether weir.yaml states that the sensor's logs are of this format (`format:`). */
  readonly stated: boolean;
  /** The sensor that wrote the input; undefined where nobody knows (a look before there is a weir.yaml). */
  readonly sensor?: SensorSettings;
}

/** What a format says of an input that is its own. */
export interface Recognised {
  readonly layout: FormatLayout;
  /** 1 when the first line that is no comment names the columns and is no data. */
  readonly headerLines?: 0 | 1;
  /** What the log leaves unsaid: without it the whole input is refused, with the name of the setting. */
  readonly needs?: readonly NeededSetting[];
  /** Why an input of this format cannot be read at all; in words, with what to do. */
  readonly refused?: string;
}

/** One kind of lines of a format, and how they become records. */
export interface Stream {
  /** A pattern of this stream's lines alone; its groups are fields beside those of the reading's shape. */
  readonly pattern?: string;
  /** Fields that the reader may turn into numbers itself (separated values). */
  readonly numbers?: NumberFields;
  rule(field: Field, sensor: SensorSettings): RecordRule;
}

/**
 * How the lines of a chunk become records. Without `streamOf` there is one stream, and its lines are written as they
 * are read; with it a chunk may hold several, told apart line by line.
 */
export interface Reading {
  /** Name of the source in answers and in the journal: `suricata`, or `suricata.flow` for one of its streams. */
  readonly source: string;
  /** Returns the chunk as a relation; see relation.ts and text-relation.ts. */
  relation(path: string, rejects: string, numbers: NumberFields): RawRelation;
  /** SQL of a line as shown among the rejects. */
  readonly shown: string;
  /** Why a line is rejected for which the relation's column `valid` is false; undefined when it has none. */
  readonly notValid?: string;
  /** False when the engine reads the file without refusing lines (Parquet). */
  readonly refuses?: false;
  /**
   * SQL for the name of a line's stream, over the relation's fields and `line`. Names that `streams` has not are left
   * alone and counted by name; NULL makes the line a reject.
   */
  readonly streamOf?: (field: Field) => string;
  /**
   * SQL for the number that lines bear one after the other, whatever their stream: of which series it is (text), the
   * number (text) and the line's time (microseconds). Only for readings with `streamOf`.
   */
  readonly numbered?: (field: Field) => {
    readonly series: string;
    readonly number: string;
    readonly at: string;
  };
  /** By name; the empty name is that of the only stream of a format that has one. */
  readonly streams: Readonly<Record<string, Stream>>;
  /** Returns how lines that are left alone are called. */
  readonly leftAloneAs?: (stream: string) => string;
}

/** A log format: one file of this room. sources/formats.ts lists them all. */
export interface LogFormat {
  /** In weir.yaml (`format:`), in answers and in the journal. */
  readonly name: string;
  /** As people call it: `Suricata EVE JSON`. */
  readonly title: string;
  /** Returns what the input is when its first lines are of this format; content decides, never a name. */
  recognise(first: FirstLines): Recognised | undefined;
  reading(layout: FormatLayout): Reading;
  /**
   * Returns how an input that begins like this is rewritten to a record per line (rewrite.ts); undefined where it is
   * not of this format or needs no rewriting. `recognise` sees the rewritten lines. Asked of every input: be quick.
   */
  rewrites?(head: Buffer): Rewrite | undefined;
}

/** Returns the source's name for one stream of a reading. */
export function sourceOf(reading: Reading, stream: string): string {
  return stream === '' ? reading.source : `${reading.source}.${stream}`;
}

/** Returns whether a layout is one that a LogFormat made. */
export function isFormatLayout(layout: Layout): layout is FormatLayout {
  return !('mapping' in layout) && layout.encoding !== 'tsv';
}

/**
 * Returns why an input cannot be read before weir.yaml says more of its sensor; undefined when nothing is missing.
 * Nothing is ever assumed in its place.
 */
export function missingSetting(
  needs: readonly NeededSetting[],
  sensor: SensorSettings,
  title: string,
): string | undefined {
  const missing = needs.filter((need) => sensor[need] === undefined);
  if (missing.length === 0) return undefined;
  const keys = missing.map((need) => `\`${need}:\``).join(' and ');
  const unsaid = missing.map((need) => UNSAID[need]).join(' and ');
  return `${title} does not say ${unsaid}; sensor ${sensor.name}: state ${keys} in weir.yaml`;
}

const UNSAID: Readonly<Record<NeededSetting, string>> = {
  timezone: 'the time zone of its times',
  year: 'the year of its times',
  samplingRate: 'how many packets were sampled',
};
