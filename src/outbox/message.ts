import { z } from 'zod';

/** One message of one channel, as it will be sent: written once, so that every attempt sends the same bytes. */
export const message = z.strictObject({
  /** The same for every attempt; receivers tell copies by it. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  kind: z.enum(['lead', 'campaign', 'incident']),
  /** The lead, campaign or incident it speaks of. */
  subject: z.string(),
  activity: z.enum(['create', 'update', 'close']),
  gravity: z.enum(['informational', 'medium', 'high']),
  writtenMillis: z.int(),
  /** One line of JSON in the channel's format; nothing in it but printable ASCII. */
  json: z.string().regex(/^[\x20-\x7e]+$/),
  /** One line for a person. */
  title: z.string(),
  /** The whole for a person. */
  letter: z.string(),
});
/** One message of one channel. */
export type Message = z.infer<typeof message>;

/** How an attempt ended. A lasting refusal will not go away by itself; others may. */
export type Sent =
  | { readonly ok: true /** What the receiver said all the same. */; readonly remark?: string }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly lasting: boolean;
      /** It is not about this message: the receiver would refuse every one. */
      readonly ofEvery?: boolean;
      /** What the receiver asked for. */
      readonly waitMillis?: number | undefined;
    };

/**
 * Sends one message. Resolves when the receiver has taken it, as far as its protocol says so; never rejects for what a
 * receiver does.
 */
export type Send = (message: Message) => Promise<Sent>;

/** Returns a value as one line of printable ASCII: no name in it can end a line, whoever reads it. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Of OpenSSL's messages what went wrong; the rest is where in its own sources. */
function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [, reason] = /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(text) ?? [];
  return reason ?? text;
}

/** Returns the failure that an exception of the network or the file system is. */
export function failed(error: unknown, lasting = false): Sent {
  const code = error instanceof Error && 'code' in error ? `${String(error.code)}: ` : '';
  const text = textOf(error).trim();
  return { ok: false, lasting, reason: `${text.startsWith(code) ? '' : code}${text}`.slice(0, 300) };
}
