import { ConfigurationError, WeirError } from '../errors.ts';
import type { Channel } from '../facility/channels.ts';
import { ecsFinding } from '../incidents/ecs.ts';
import { type Finding, finding, gravityOf, type Telling } from '../incidents/finding.ts';
import { letterOf, subjectOf } from '../incidents/finding-text.ts';
import { ocsfCase } from '../incidents/ocsf-case.ts';
import { ocsfFinding } from '../incidents/ocsf-finding.ts';
import { sha256Of } from '../ledger/entries.ts';
import { openLedger } from '../ledger/files.ts';
import { readSnapshot } from '../ledger/snapshot.ts';
import { type Box, type Pending, readBox, writeBox } from '../outbox/box.ts';
import { deliver, type Patience } from '../outbox/deliver.ts';
import { alone } from '../outbox/lock.ts';
import { asciiJson, failed, type Message, type Sent } from '../outbox/message.ts';
import { type Draft, queue, type Subject } from '../outbox/queue.ts';
import { senderOf } from '../outbox/transports/sender.ts';
import type { DetectAnswer } from './answers/detect.ts';
import type { ChannelRun, NotifyAnswer } from './answers/notify.ts';
import { type DetectQuestion, detect } from './detect.ts';
import { casesIn, subjectsOf, takenBack, testFinding, withReplaced } from './notify-findings.ts';
import type { Question } from './reading.ts';

/** What a run of the channels is asked for. */
export interface NotifyRequest extends Question {
  /** Also send what was there before a channel's first run. */
  readonly all?: boolean;
  /** Only these channels. */
  readonly channels?: readonly string[];
  /** Ids of waiting messages to give up. */
  readonly drop?: readonly string[];
  readonly patience?: Patience;
}

/**
 * Tells every channel of weir.yaml what is new since its last run: leads, campaigns and cases, each revision once. What
 * cannot be delivered waits for the next run.
 * @throws ConfigurationError when no channel is configured, LedgerError when another run is at work.
 */
export async function notify(request: NotifyRequest): Promise<NotifyAnswer> {
  return (await detectAndNotify(request)).notified;
}

/** Detects as `detect` does and tells the channels what is new in it, with nobody else sending in between. */
export async function detectAndNotify(
  request: NotifyRequest & Pick<DetectQuestion, 'limits'>,
): Promise<{ detected: DetectAnswer; notified: NotifyAnswer }> {
  const channels = chosen(request);
  openLedger(request.ledgerDir);
  return alone(request.ledgerDir, async () => {
    const detected = await detect(request);
    return { detected, notified: await tell(request, channels, detected) };
  });
}

/** Sends one message that says it is a test by every channel. Not retried, not remembered. */
export async function notifyTest(request: NotifyRequest): Promise<NotifyAnswer> {
  const ledger = openLedger(request.ledgerDir);
  const { position } = await readSnapshot(request.ledgerDir);
  const what = testFinding({ facility: request.facility.name, simulated: true, asOf: position });
  const subject: Subject = { kind: what.kind, id: what.id, revision: 'test', closed: false, what };
  const runs = chosen(request).map(async (channel): Promise<ChannelRun> => {
    const id = sha256Of(`${ledger.id} test ${Date.now()}`).slice(0, 32);
    const message = written({ id, subject, activity: 'create' }, channel.format);
    const outcome = await trySending(channel, message);
    const base = { name: channel.name, kind: channel.kind, first: false, known: 0 };
    const remarks = outcome.ok && outcome.remark !== undefined ? [outcome.remark] : [];
    if (outcome.ok) return { ...base, sent: [noticeOf(message)], waiting: [], remarks, failed: false };
    return { ...base, sent: [], waiting: [], remarks: [outcome.reason], failed: true };
  });
  return { asOf: position, channels: await Promise.all(runs) };
}

async function trySending(channel: Channel, message: Message): Promise<Sent> {
  try {
    return await senderOf(channel)(message);
  } catch (error) {
    return failed(error);
  }
}

function chosen({ facility, channels: wanted }: NotifyRequest): readonly Channel[] {
  const names = facility.notify.map(({ name }) => name);
  if (names.length === 0) {
    throw new ConfigurationError('weir.yaml names no channel; list some under notify (docs/notify.md)');
  }
  for (const name of wanted ?? []) {
    if (!names.includes(name))
      throw new ConfigurationError(`no channel is called ${name}; weir.yaml has ${names.join(', ')}`);
  }
  return facility.notify.filter(({ name }) => wanted === undefined || wanted.includes(name));
}

async function tell(
  request: NotifyRequest,
  channels: readonly Channel[],
  detected: DetectAnswer,
): Promise<NotifyAnswer> {
  const { ledgerDir, facility, progress } = request;
  const { asOf } = detected;
  const { simulated } = openLedger(ledgerDir);
  const snapshot = await readSnapshot(ledgerDir, asOf);
  const subjects = subjectsOf(detected, casesIn(snapshot), snapshot, {
    facility: facility.name,
    simulated,
    asOf,
  });
  progress('sending');
  const runs = await Promise.allSettled(channels.map((channel) => runChannel(request, channel, subjects)));
  const broken = runs.find((run) => run.status === 'rejected');
  if (broken) throw broken.reason;
  return { asOf, channels: runs.flatMap((run) => (run.status === 'fulfilled' ? [run.value] : [])) };
}

async function runChannel(
  { ledgerDir, all = false, drop = [], patience }: NotifyRequest,
  channel: Channel,
  subjects: readonly Subject[],
): Promise<ChannelRun> {
  const before = readable(readBox(ledgerDir, channel.name));
  const { box, drafts } = queue(channel.name, before, withReplaced(subjects, openIn(before)), takenBack, {
    ledgerId: openLedger(ledgerDir).id,
    nowMillis: Date.now(),
    kinds: channel.subjects,
    all,
  });
  const pending = box.pending.filter(({ message }) => !drop.includes(message.id));
  const added = drafts.map((draft) => ({
    message: written(draft, channel.format),
    attempts: 0,
    lastTriedMillis: null,
    lastError: null,
  }));
  const state: Box = { ...box, pending: [...pending, ...added] };
  // On disk before anything is sent: from here on a crash loses nothing.
  writeBox(ledgerDir, state);
  const known = Object.values(state.known).filter(({ told }) => told === null).length;
  return {
    name: channel.name,
    kind: channel.kind,
    first: before === undefined,
    known,
    ...(await send(ledgerDir, channel, state, patience)),
  };
}

async function send(
  ledgerDir: string,
  channel: Channel,
  state: Box,
  patience: Patience | undefined,
): Promise<Pick<ChannelRun, 'sent' | 'waiting' | 'remarks' | 'failed'>> {
  const waitingOf = (pending: readonly Pending[]) =>
    pending.map(({ message, attempts, lastError }) => ({ ...noticeOf(message), attempts, error: lastError }));
  try {
    const { sent, waiting, remarks } = await deliver(ledgerDir, state, senderOf(channel), patience);
    return {
      sent: sent.map(noticeOf),
      waiting: waitingOf(waiting),
      remarks: [...remarks],
      failed: waiting.length > 0,
    };
  } catch (error) {
    // A channel without its secret must not keep the others from sending; a broken disk must.
    if (!(error instanceof WeirError) || error.exitCode !== 2) throw error;
    return { sent: [], waiting: waitingOf(state.pending), remarks: [error.message], failed: true };
  }
}

/** What an older version told in words that this one does not know cannot be taken back; it counts as known. */
function readable(box: Box | undefined): Box | undefined {
  if (!box) return undefined;
  const known = Object.entries(box.known).map(([key, each]) => {
    const told = finding.safeParse(each.told).success ? each.told : null;
    return [key, { ...each, told }] as const;
  });
  return { ...box, known: Object.fromEntries(known) };
}

function openIn(box: Box | undefined): Finding[] {
  return Object.values(box?.known ?? {}).flatMap(({ told, closed }) =>
    told === null || closed ? [] : [finding.parse(told)],
  );
}

function noticeOf({ id, kind, subject, activity, title, writtenMillis }: Message) {
  return { id, kind, subject, activity, title, writtenAt: new Date(writtenMillis).toISOString() };
}

/** Writes a message out in a channel's format, once for all attempts at it. */
function written({ id, subject, activity }: Draft, format: Channel['format']): Message {
  const what = finding.parse(subject.what);
  const telling: Telling = { messageId: id, activity, writtenMillis: Date.now() };
  return {
    id,
    kind: what.kind,
    subject: what.id,
    activity,
    gravity: gravityOf(what, activity),
    writtenMillis: telling.writtenMillis,
    json: asciiJson(format === 'ecs' ? ecsFinding(what, telling) : ocsfOf(what, telling)),
    title: subjectOf(what, activity),
    letter: letterOf(what, activity),
  };
}

function ocsfOf(what: Finding, telling: Telling) {
  return what.kind === 'incident' ? ocsfCase(what, telling) : ocsfFinding(what, telling);
}
