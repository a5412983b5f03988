const PREFIXES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Returns bytes in words with three significant digits, `12.3 GB`. SI units. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let power = 0;
  while (value >= 999.5 && power < PREFIXES.length - 1) {
    value /= 1000;
    power += 1;
  }
  const digits = power === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${bytes < 0 ? '−' : ''}${value.toFixed(digits)} ${PREFIXES[power]}`;
}
