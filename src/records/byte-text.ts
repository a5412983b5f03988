const SI_POWERS: Readonly<Record<string, number>> = { B: 0, KB: 3, MB: 6, GB: 9, TB: 12, PB: 15 };

/**
 * Returns the bytes that a text such as `5TB`, `1.5 PB` or `1000` stands for: SI units, exact. Undefined when it is no
 * byte count, not a whole number of bytes, or 2^53 and more.
 */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d{1,16})(?:\.(\d{1,15}))?\s*([kKMGTP]?B)?$/.exec(text.trim());
  if (!match) return undefined;
  const [, whole = '', fraction = '', unit = 'B'] = match;
  const power = SI_POWERS[unit.toUpperCase()] ?? 0;
  if (fraction.replace(/0+$/, '').length > power) return undefined;
  const bytes = Number(BigInt(whole + fraction.slice(0, power).padEnd(power, '0')));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
