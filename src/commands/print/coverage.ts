import type { Coverage } from '../../operations/answers/common.ts';
import { safeText } from './safe-text.ts';
import { formatShare } from './units.ts';

/** Returns a window's coverage for a person. */
export function coverageText({ share, blindHours, because }: Coverage): string {
  const reasons = because.map((each) => `  ${safeText(each)}\n`).join('');
  return `Coverage ${formatShare(share)}, ${blindHours} h in which nobody watched some path\n${reasons}`;
}
