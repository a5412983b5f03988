import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

/** A text whose colour is too near to what lies behind it. */
export interface FaintText {
  text: string;
  ratio: number;
}

/** Returns every visible text of the page whose contrast is below WCAG 2.1's level AA. */
export async function findFaintText(page: Page): Promise<FaintText[]> {
  return page.evaluate<FaintText[]>(await readFile(new URL('faint-text.js', import.meta.url), 'utf8'));
}
