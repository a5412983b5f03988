import { safeText } from '../../records/safe-text.ts';

export { safeText };

/**
 * Returns a value as JSON in which every character that could act on a terminal is escaped. It stands for exactly the
 * same value: JSON.stringify leaves DEL, C1 and bidirectional overrides as they are.
 */
export function safeJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
