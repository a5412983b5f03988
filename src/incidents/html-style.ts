import type { TlpLevel } from '../ledger/incident-entry.ts';
import { tlpLabel } from './tlp.ts';

/** Colours that FIRST prescribes for the labels of TLP 2.0: text on black. */
const COLOURS: Readonly<Record<TlpLevel, string>> = {
  clear: '#ffffff',
  green: '#33ff00',
  amber: '#ffc000',
  'amber+strict': '#ffc000',
  red: '#ff2b2b',
};

/** Returns the style of a page: on screen one column, on paper A4 with the marking on every sheet. */
export function styleOf(level: TlpLevel, footer: string): string {
  const label = cssText(tlpLabel(level));
  return `
:root { --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --wash: #f6f8fa; --accent: #0b5cad; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 0 1.5rem 3rem; color: var(--ink); background: #fff;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: .4rem 0 .2rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; padding-top: .6rem; border-top: 2px solid var(--ink); }
p { margin: .4rem 0; overflow-wrap: anywhere; }
code { font: .86em/1.45 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.bar { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: .5rem 1rem; margin: 1rem 0 1.2rem; }
.tlp { background: #000; color: ${COLOURS[level]}; font-weight: 700; padding: .2rem .7rem; letter-spacing: .03em; white-space: nowrap; }
.soft { color: var(--soft); }
.warn { border: 2px solid #b35900; background: #fff4e5; padding: .5rem .8rem; font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(2, 1fr); gap: .8rem; margin: 1rem 0; }
.figure { border: 1px solid var(--line); border-top: 4px solid var(--accent); padding: .7rem .9rem; break-inside: avoid; }
.figure .name { color: var(--soft); font-size: .85rem; }
.figure .value { font-size: 1.5rem; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figure p { font-size: .88rem; }
.command { display: block; color: var(--soft); margin-top: .3rem; }
.command::before { content: "$ "; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; font-size: .86rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
.long { overflow-wrap: anywhere; min-width: 4.5rem; }
th { color: var(--soft); font-weight: 600; border-bottom-color: var(--ink); }
tr.over { break-after: avoid; }
tr.over td { border-bottom: 0; padding-bottom: 0; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.kind { font-weight: 600; white-space: nowrap; }
.mono { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .82rem; }
.signal td:first-child { border-left: 4px solid #8250df; padding-left: .5rem; }
.weir td:first-child { border-left: 4px solid var(--accent); padding-left: .5rem; }
.people td:first-child { border-left: 4px solid #1a7f37; padding-left: .5rem; }
a.mark { color: var(--soft); text-decoration: none; font-size: .8em; white-space: nowrap; }
ol.commands { columns: 1; padding-left: 2.4rem; margin: .4rem 0; font-size: .85rem; }
.block { margin: .8rem 0; padding: .1rem 0 .1rem .9rem; border-left: 3px solid var(--line); break-inside: avoid; }
svg { display: block; width: 100%; height: auto; margin: .8rem 0; break-inside: avoid; }
@page { size: A4; margin: 18mm 16mm 18mm;
  @top-right { content: ${label}; font: 700 9pt sans-serif; background: #000; color: ${COLOURS[level]}; padding: 0 3mm; height: 6mm; width: 44mm; margin: auto 0 auto auto; text-align: center; }
  @bottom-left { content: ${cssText(footer)}; font: 8pt sans-serif; color: #57606a; }
  @bottom-right { content: ${label} "  " counter(page) " / " counter(pages); font: 8pt sans-serif; color: #57606a; } }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  h2 { break-after: avoid; margin-top: 1.4rem; }
  .figure .value { font-size: 1.25rem; }
  .bar { margin-top: 0; }
}
@media (max-width: 40rem) { .figures { grid-template-columns: 1fr; } table { display: block; overflow-x: auto; } }
`;
}

/** A CSS string: what could end it, or the style element, is written as an escape. */
function cssText(text: string): string {
  const safe = text.replace(/[^\p{L}\p{N} .,:+/()-]/gu, (character) => {
    return `\\${(character.codePointAt(0) ?? 0x20).toString(16)} `;
  });
  return `"${safe}"`;
}
