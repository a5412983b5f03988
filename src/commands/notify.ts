import type { Command } from 'commander';
import { ConfigurationError } from '../errors.ts';
import type { NotifyAnswer } from '../operations/answers/notify.ts';
import { type Context, contextOf, subjectOf } from './context.ts';
import { EXIT_INPUT } from './exit-codes.ts';
import { safeText } from './print/safe-text.ts';
import { counted } from './print/units.ts';

interface NotifyFlags {
  readonly all?: boolean;
  readonly channel?: string[];
  readonly drop?: string[];
  readonly test?: boolean;
}

/** Messages listed for each channel. */
const ROWS = 10;

/** Adds `weir notify`. */
export function addNotify(program: Command): void {
  program
    .command('notify')
    .description('send new leads, campaigns and incidents out by the channels of weir.yaml, each once')
    .option('--all', "also what was there before a channel's first run")
    .option('--channel <names...>', 'only these channels')
    .option('--drop <messages...>', 'give up these waiting messages')
    .option('--test', 'only send a message that says it is a test')
    .action(async ({ all = false, channel, drop, test }: NotifyFlags, self: Command) => {
      const context = contextOf(self);
      const subject = await subjectOf(context);
      const { notify, notifyTest } = await import('../operations/notify.ts');
      const answer = await (test ? notifyTest : notify)({
        ...subject,
        all,
        ...(channel ? { channels: channel } : {}),
        ...(drop ? { drop } : {}),
      });
      context.answer(answer, notifyText);
      failUnlessDelivered(answer, context);
    });
}

/** Refuses a period: what is not in it would look as if it had gone. */
export function assertWhole(period: object): void {
  if (Object.keys(period).length === 0) return;
  throw new ConfigurationError(
    '--notify speaks of the whole history as it is now: leave out --from, --to, --as-of',
  );
}

/** Says on stderr which channels failed, and sets the exit code. */
export function failUnlessDelivered({ channels }: NotifyAnswer, context: Context): void {
  const failed = channels.filter((channel) => channel.failed);
  if (failed.length === 0) return;
  for (const { name, waiting, remarks } of failed) {
    const why = waiting.find(({ error }) => error !== null)?.error ?? remarks[0] ?? 'unknown';
    const left =
      waiting.length === 0 ? '' : `${counted(waiting.length, 'message')} waiting for the next weir notify: `;
    context.remark(safeText(`channel ${name}: ${left}${why}`));
  }
  process.exitCode = EXIT_INPUT;
}

/** Returns what the channels did, for a person. */
export function notifyText({ asOf, channels }: NotifyAnswer): string {
  const lines = channels.flatMap(({ name, kind, first, known, sent, waiting, remarks }) => [
    `${name} (${kind}): ${counted(sent.length, 'message')} sent, ${waiting.length} waiting${first ? `; first run: ${counted(known, 'lead, campaign or incident', 'leads, campaigns and incidents')} taken as known` : ''}`,
    ...shown(sent.map(({ subject, title }) => `  sent     ${subject}  ${safeText(title)}`)),
    ...shown(
      waiting.map(
        ({ id, title, attempts, error }) =>
          `  waiting  ${id}  ${safeText(title)} (${counted(attempts, 'attempt')}${error === null ? '' : `: ${safeText(error)}`})`,
      ),
    ),
    ...remarks.map((remark) => `  ${safeText(remark)}`),
  ]);
  return `As of entry ${asOf}\n${lines.join('\n')}\n`;
}

function shown(lines: readonly string[]): string[] {
  const rest = lines.length - ROWS;
  return rest > 0 ? [...lines.slice(0, ROWS), `  … and ${rest} more (--json has all)`] : [...lines];
}
