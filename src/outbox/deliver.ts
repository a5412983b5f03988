import { setTimeout as sleep } from 'node:timers/promises';
import { faultPoint } from '../ledger/faults.ts';
import { type Box, type Pending, writeBox } from './box.ts';
import { failed, type Message, type Send, type Sent } from './message.ts';

/** How often a run tries a message, and how long it waits in between. */
export interface Patience {
  readonly attempts: number;
  /** Doubled after each attempt. */
  readonly firstWaitMillis: number;
  readonly longestWaitMillis: number;
}

/** About ten seconds for a receiver that restarts; the next run goes on from there. */
export const PATIENCE: Patience = { attempts: 4, firstWaitMillis: 1500, longestWaitMillis: 30_000 };

/** What became of a channel's messages in a run. */
export interface Delivered {
  readonly sent: readonly Message[];
  /** Refused or not reached: they wait for the next run. */
  readonly waiting: readonly Pending[];
  /** What receivers remarked on messages that they took. */
  readonly remarks: readonly string[];
}

/**
 * Sends what waits on a channel, in order, and writes the channel's state after each message: a crash between the two
 * sends that one message again, with the same id. A receiver that cannot be reached, or refuses every message (a wrong
 * password), stops the channel; a message that it refuses for good lets the next ones pass, and is tried once in each run.
 */
export async function deliver(
  ledgerDir: string,
  box: Box,
  send: Send,
  patience: Patience = PATIENCE,
): Promise<Delivered> {
  let state = box;
  const sent: Message[] = [];
  const remarks: string[] = [];
  for (const waiting of box.pending) {
    const { outcome, attempts } = await attempt(waiting.message, send, patience);
    faultPoint('deliver:sent');
    const others = state.pending.filter(({ message }) => message.id !== waiting.message.id);
    if (outcome.ok) {
      sent.push(waiting.message);
      if (outcome.remark !== undefined) remarks.push(outcome.remark);
      state = { ...state, pending: others };
    } else {
      const tried = {
        ...waiting,
        attempts: waiting.attempts + attempts,
        lastTriedMillis: Date.now(),
        lastError: outcome.reason,
      };
      state = {
        ...state,
        pending: state.pending.map((each) => (each.message.id === waiting.message.id ? tried : each)),
      };
    }
    writeBox(ledgerDir, state);
    faultPoint('deliver:recorded');
    if (!outcome.ok && (!outcome.lasting || outcome.ofEvery)) break;
  }
  return { sent, waiting: state.pending, remarks };
}

async function attempt(
  message: Message,
  send: Send,
  { attempts, firstWaitMillis, longestWaitMillis }: Patience,
): Promise<{ outcome: Sent; attempts: number }> {
  for (let tried = 1; ; tried += 1) {
    const outcome = await send(message).catch((error: unknown) => failed(error));
    if (outcome.ok || outcome.lasting || tried >= attempts) return { outcome, attempts: tried };
    const wait = Math.max(firstWaitMillis * 2 ** (tried - 1), outcome.waitMillis ?? 0);
    // Spread, so that several centres that lost one receiver do not return to it at the same instant.
    await sleep(Math.min(wait, longestWaitMillis) * (0.75 + Math.random() / 2));
  }
}
