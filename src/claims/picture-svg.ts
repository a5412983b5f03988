import { PICTURE_GROUPS, type Picture, type PictureBar, type PictureGroup } from './picture.ts';

const WIDTH = 1100;
const LEFT = 190;
/** What bars say stands to the right of the plot. */
const RIGHT = 350;
const TOP = 92;
const ROW = 24;
const BAR = 13;
const GROUP_GAP = 22;
const PLOT = WIDTH - LEFT - RIGHT;
/** Characters of a label that fit left of the plot. */
const LABEL_CHARACTERS = 24;
/** And of what a bar says, right of it; all of it is in the bar's title. */
const TEXT_CHARACTERS = 48;

const HEADINGS: Record<PictureGroup, string> = {
  claimed: 'Claimed',
  needed: 'Needed to cross, packed to unpacked',
  carried: 'Carried in watched time; dark: unexplained',
  possible: 'Possible at most',
};

const STYLE = `text{font-family:system-ui,-apple-system,"Segoe UI",sans-serif;font-size:12px;fill:#23303a}
.title{font-size:17px;font-weight:600}.faint{fill:#55636e}.heading{font-weight:600;font-size:12px}
.grid{stroke:#dfe5e9;stroke-width:1}.claim{stroke:#a3352b;stroke-width:1.5;stroke-dasharray:5 4}
.claimed{fill:#a3352b}.needed{fill:#d08a2e}.carried{fill:#86b3cf}.mark{fill:#1d5f8a}.possible{fill:#aebbc4}`;

/**
 * Returns a picture as one self-contained SVG: logarithmic axis, bars by group, the least claim as a dashed line. All text is
 * escaped; nothing in it runs, loads or links.
 */
export function pictureSvg(picture: Picture): string {
  const rows: string[] = [];
  let y = TOP;
  for (const group of PICTURE_GROUPS) {
    const bars = picture.bars.filter((bar) => bar.group === group);
    if (bars.length === 0) continue;
    rows.push(`<text class="heading" x="16" y="${y}">${escapeXml(HEADINGS[group])}</text>`);
    y += 10;
    for (const bar of bars) {
      rows.push(barSvg(bar, y));
      y += ROW;
    }
    y += GROUP_GAP;
  }
  const bottom = y - 16;
  const height = bottom + 34;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="weir-title weir-desc">`,
    `<title id="weir-title">${escapeXml(picture.title)}</title>`,
    `<desc id="weir-desc">${escapeXml(descriptionOf(picture))}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text class="title" x="16" y="30">${escapeXml(cut(picture.title, 105))}</text>`,
    `<text class="faint" x="16" y="50">${escapeXml(`${picture.window}. Bytes on a logarithmic axis; an arrow has no known end.`)}</text>`,
    ...ticksSvg(picture, bottom),
    ...rows,
    claimLineSvg(picture, bottom),
    '</svg>',
    '',
  ].join('\n');
}

function ticksSvg({ ticks }: Picture, bottom: number): string[] {
  // Every second or third label where decades are many.
  const step = Math.ceil(ticks.length / 9);
  return ticks.map(({ at, text }, index) => {
    const x = placeOf(at);
    const label =
      index % step === 0
        ? `<text class="faint" text-anchor="middle" x="${x}" y="${bottom + 20}">${escapeXml(text)}</text>`
        : '';
    return `<line class="grid" x1="${x}" y1="${TOP - 18}" x2="${x}" y2="${bottom}"/>${label}`;
  });
}

function barSvg(bar: PictureBar, y: number): string {
  const from = placeOf(bar.from);
  const to = Math.max(placeOf(bar.to), from + 4);
  const top = y + 4;
  const body = bar.open
    ? `<path class="${bar.group}" d="M${from} ${top}H${to - 2}l10 ${BAR / 2}l-10 ${BAR / 2}H${from}z"/>`
    : `<rect class="${bar.group}" x="${from}" y="${top}" width="${round(to - from)}" height="${BAR}" rx="2"/>`;
  const mark =
    bar.markFrom === null || bar.markTo === null
      ? ''
      : `<rect class="mark" x="${placeOf(bar.markFrom)}" y="${top + 2}" width="${round(Math.max(3, placeOf(bar.markTo) - placeOf(bar.markFrom)))}" height="${BAR - 4}" rx="1"/>`;
  return `<g><title>${escapeXml(`${bar.label}: ${bar.text}`)}</title><text x="${LEFT - 12}" y="${top + 10}" text-anchor="end">${escapeXml(cut(bar.label, LABEL_CHARACTERS))}</text>${body}${mark}<text class="faint" x="${LEFT + PLOT + 22}" y="${top + 10}">${escapeXml(cut(bar.text, TEXT_CHARACTERS))}</text></g>`;
}

function claimLineSvg({ claimedAt }: Picture, bottom: number): string {
  if (claimedAt === null) return '';
  const x = placeOf(claimedAt);
  return `<line class="claim" x1="${x}" y1="${TOP - 18}" x2="${x}" y2="${bottom}"/>`;
}

function placeOf(share: number): number {
  return round(LEFT + share * PLOT);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function descriptionOf({ bars, window }: Picture): string {
  const said = bars.map(({ group, label, text }) => `${group}: ${label} ${text}`);
  return `${window}. ${said.join('; ')}.`;
}

function cut(text: string, characters: number): string {
  const all = [...text];
  return all.length <= characters ? text : `${all.slice(0, characters - 1).join('')}…`;
}

/** Characters that XML 1.0 cannot hold, or that turn the direction of what follows. */
const UNFIT =
  /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;
const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Returns a text for the content or an attribute of XML 1.0; what XML cannot hold becomes U+FFFD. */
function escapeXml(text: string): string {
  return text.replace(UNFIT, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
