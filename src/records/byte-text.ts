const SI_POWERS: Readonly<Record<string, number>> = { B: 0, KB: 3, MB: 6, GB: 9, TB: 12, PB: 15, EB: 18 };

/**
 * Returns the bytes that a text such as `10PB`, `1.5 TB` or `1000` stands for: SI units, exact, at most 999,999 EB.
 * Undefined when it is no byte count or not a whole number of bytes.
 */
export function parseByteCount(text: string): bigint | undefined {
  const match = /^(\d{1,16})(?:\.(\d{1,18}))?\s*([kKMGTPE]?B)?$/.exec(text.trim());
  if (!match) return undefined;
  const [, whole = '', fraction = '', unit = 'B'] = match;
  const power = SI_POWERS[unit.toUpperCase()] ?? 0;
  if (fraction.replace(/0+$/, '').length > power) return undefined;
  const bytes = BigInt(whole + fraction.slice(0, power).padEnd(power, '0'));
  return bytes < 10n ** 24n ? bytes : undefined;
}

/**
 * Returns the bytes that a text such as `5TB`, `1.5 PB` or `1000` stands for: SI units, exact. Undefined when it is no
 * byte count, not a whole number of bytes, or 2^53 and more.
 */
export function parseBytes(text: string): number | undefined {
  const bytes = parseByteCount(text);
  return bytes !== undefined && bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : undefined;
}
