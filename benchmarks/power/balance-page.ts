import type { BalanceFound } from './balance.ts';
export function balancePage(found: readonly BalanceFound[]): string {
  return JSON.stringify(found, null, 1);
}
