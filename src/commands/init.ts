import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigurationError } from '../errors.ts';
import type { InitAnswer, SuggestionAnswer } from '../operations/answers/init.ts';
import type { CentreAnswers } from '../operations/init.ts';
import { type Context, contextOf } from './context.ts';
import { ask, isInteractive } from './print/ask.ts';
import { safeText } from './print/safe-text.ts';
import { renderTable } from './print/table.ts';
import { counted, formatExact } from './print/units.ts';

interface InitFlags {
  readonly name?: string;
  readonly inside?: string[];
  readonly remoteAccess?: string[];
  readonly relay?: string[];
  readonly path?: string[];
  readonly sensor?: string[];
  readonly logs?: string[];
  readonly yes?: boolean;
  readonly force?: boolean;
}

/** Candidates below this are shown and never taken without a word. */
const ACCEPTED_CONFIDENCE = 0.5;

/** Adds `weir init`. */
export function addInit(program: Command): void {
  program
    .command('init')
    .description('write a commented weir.yaml from a few questions or flags')
    .option('--name <text>', 'name of the centre')
    .option('--inside <networks...>', "the centre's networks (CIDR)")
    .option('--remote-access <networks...>', 'pools lent to VPN clients')
    .option('--relay <addresses...>', 'NAT, proxies, gateways: addresses that stand for others')
    .option('--path <paths...>', 'ways out, as NAME or NAME:GBPS')
    .option('--sensor <sensors...>', 'what writes logs, as NAME=GLOB')
    .option('--logs <paths...>', 'look into these flow logs and show which networks seem to be inside')
    .option(
      '--yes',
      'without questions: take the networks that the logs suggest with confidence 0.5 and more',
    )
    .option('--force', 'write over a weir.yaml that is there')
    .action(async (flags: InitFlags, self: Command) => init(flags, contextOf(self)));
}

async function init(flags: InitFlags, context: Context): Promise<void> {
  const file = resolve(process.cwd(), context.flags.config ?? 'weir.yaml');
  if (existsSync(file) && !flags.force) {
    throw new ConfigurationError(`${file}: exists already; give --force to write over it`);
  }
  const { suggestInside, writeConfig } = await import('../operations/init.ts');
  const asks = isInteractive() && !flags.yes && !context.flags.json;
  const logs =
    flags.logs ?? (asks ? words(await ask('Folder of flow logs to look into (empty: none)', '')) : []);
  const suggestion =
    logs.length > 0 ? await suggestInside(logs, process.cwd(), context.progress.report) : null;
  context.progress.clear();
  if (suggestion && !context.flags.json) process.stderr.write(suggestionText(suggestion));
  const inside = await insideOf(flags, suggestion, asks);
  const fallback = basename(process.cwd()) || 'Centre';
  const name = flags.name ?? (asks ? await ask('Name of the centre', fallback) : fallback);
  const answers: CentreAnswers = {
    name,
    inside: inside.networks,
    remoteAccess:
      flags.remoteAccess ??
      (asks ? words(await ask('Pools lent to VPN clients (CIDR, empty: none)', '')) : []),
    relays:
      flags.relay ?? (asks ? words(await ask('NAT, proxies, gateways (addresses, empty: none)', '')) : []),
    paths: (flags.path ?? (asks ? words(await ask('Ways out, as NAME:GBPS', 'border')) : ['border'])).map(
      pathOf,
    ),
    sensors: (
      flags.sensor ?? (asks ? words(await ask('Sensors, as NAME=GLOB (empty: one for every file)', '')) : [])
    ).map(sensorOf),
    insideBecause: becauseOf(suggestion, inside.networks),
  };
  await writeConfig(answers, file, flags.force === true);
  const answer: InitAnswer = {
    file,
    facility: name,
    inside: [...inside.networks],
    insideBy: inside.by,
    suggestion,
  };
  context.answer(answer, initText);
}

async function insideOf(
  { inside, yes }: InitFlags,
  suggestion: SuggestionAnswer | null,
  asks: boolean,
): Promise<{ networks: readonly string[]; by: InitAnswer['insideBy'] }> {
  if (inside) return { networks: inside, by: 'stated' };
  const likely = (suggestion?.candidates ?? []).filter(({ confidence }) => confidence >= ACCEPTED_CONFIDENCE);
  const networks = likely.map(({ cidr }) => cidr);
  if (asks) {
    const text = await ask('Networks of the centre (CIDR, separated by spaces)', networks.join(' '));
    return { networks: words(text), by: 'confirmed' };
  }
  if (yes) return { networks, by: 'accepted' };
  const found = networks.length > 0 ? `; the logs suggest ${networks.join(' ')}` : '';
  throw new ConfigurationError(
    `init: what is inside is never assumed${found}: give --inside CIDR…, or --yes to take what --logs suggests`,
  );
}

function suggestionText({ candidates, connections, filesFound, filesRead }: SuggestionAnswer): string {
  const head = `Looked at ${formatExact(connections)} connections in ${formatExact(filesRead)} of ${counted(filesFound, 'file')}.\n`;
  if (candidates.length === 0) return `${head}Nothing in them tells what is inside.\n`;
  const table = renderTable(
    [{ title: 'NETWORK' }, { title: 'CONFIDENCE', align: 'right' }, { title: 'WHY', whole: true }],
    candidates.flatMap(({ cidr, confidence, evidence }) =>
      evidence.map((why, index) => (index === 0 ? [cidr, confidence.toFixed(2), why] : ['', '', why])),
    ),
  );
  return `${head}These networks may be inside; a guess for you to confirm:\n${table}`;
}

function becauseOf(suggestion: SuggestionAnswer | null, inside: readonly string[]): Record<string, string> {
  const pairs = (suggestion?.candidates ?? [])
    .filter(({ cidr }) => inside.includes(cidr))
    .map(({ cidr, evidence }): [string, string] => [cidr, evidence.join('; ')]);
  return Object.fromEntries(pairs);
}

function pathOf(text: string): CentreAnswers['paths'][number] {
  const match = /^([^:]+)(?::(\d+(?:\.\d+)?))?$/.exec(text);
  if (!match?.[1])
    throw new ConfigurationError(`--path ${text}: write NAME or NAME:GBPS, such as border:100`);
  return match[2] === undefined ? { name: match[1] } : { name: match[1], capacityGbps: Number(match[2]) };
}

function sensorOf(text: string): CentreAnswers['sensors'][number] {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return { name: text.slice(0, at), files: text.slice(at + 1) };
  throw new ConfigurationError(`--sensor ${text}: write NAME=GLOB, such as zeek-1=zeek-1/**`);
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

function initText({ file, inside, insideBy }: InitAnswer): string {
  const list = inside.length === 0 ? 'no network' : inside.map(safeText).join(', ');
  const how = {
    stated: 'as stated',
    confirmed: 'as confirmed',
    accepted: 'as the logs suggest, accepted with --yes',
  }[insideBy];
  return `Wrote ${safeText(file)}; inside is ${list}, ${how}.\nNext: weir check, then weir import PATH…\n`;
}
