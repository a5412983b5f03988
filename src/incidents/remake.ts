/** The commands that make a figure again. Names come from logs: whatever a shell could read stands in quotes. */

const PLAIN = /^[\w.,:@/+%=-]+$/;

/** Returns an argument as a POSIX shell takes it, and only as that: single quotes, `'\''` for a quote. */
export function shellArgument(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Returns the command that shows a case as of a position. */
export function showCommand(incident: string, asOf: number): string {
  return `weir incident show ${shellArgument(incident)} --as-of ${asOf}`;
}

/** Returns the command that tells a campaign's or lead's story as of a position. */
export function explainCommand(id: string, asOf: number): string {
  return `weir explain ${shellArgument(id)} --as-of ${asOf}`;
}

/** Which part of a report shows a figure. */
export interface ReportPart {
  readonly by: string;
  readonly host?: string;
  readonly destination?: string;
  readonly principal?: string;
  readonly path?: string;
  /** UTC days, both counted. */
  readonly from: string;
  readonly to: string;
}

/** Returns the command that reports egress as of a position. A value is tied to its flag, so that none is read as one. */
export function reportCommand({ by, from, to, ...filters }: ReportPart, asOf: number): string {
  const scope = Object.entries(filters).flatMap(([flag, value]) =>
    value === undefined ? [] : [shellArgument(`--${flag}=${value}`)],
  );
  return ['weir report --by', by, ...scope, '--from', from, '--to', to, '--as-of', asOf].join(' ');
}
