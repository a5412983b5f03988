import { safeText } from '../records/safe-text.ts';

/** Markup that is already safe to stand in a page: only `html` makes it. */
export interface Markup {
  readonly markup: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Returns a text so that it is nothing but text, between tags as in a quoted attribute; characters that act are shown. */
export function escapeHtml(text: string): string {
  return safeText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

type Part = string | number | Markup | readonly Markup[];

/**
 * Returns markup from a template. Whatever is put in is escaped, unless it is markup itself.
 * @example html`<td>${name}</td>`
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const markup = strings.map((literal, index) => `${literal}${partOf(parts[index])}`).join('');
  return { markup };
}

function partOf(part: Part | undefined): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}
