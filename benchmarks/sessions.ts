/**
 * A day of logins on the hosts of generate.ts: half of them on the twenty busiest, for hours, so that many are there at
 * once; the others on any host. The same bytes for the same request.
 */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WORK } from './generate.ts';

const HOSTS = 3_000;
const LOGIN_NODES = 20;
const PRINCIPALS = 20_000;
const DAY_MILLIS = Date.UTC(2026, 2, 2);
const DAY_SECONDS = 86_400;

/** Returns the path of an sshd log of so many sessions, so many days after the day of the flows; written unless it is there. */
export function sessionLog(sessions: number, daysLater = 0): string {
  const path = join(WORK, `sessions-${sessions}${daysLater === 0 ? '' : `-${daysLater}`}.log`);
  if (existsSync(path)) return path;
  mkdirSync(WORK, { recursive: true });
  const random = randomFrom(7 + daysLater);
  const dayMillis = DAY_MILLIS + daysLater * DAY_SECONDS * 1000;
  const lines: { at: number; text: string }[] = [];
  for (let index = 0; index < sessions; index += 1) {
    const host = random() < 0.5 ? Math.floor(random() * LOGIN_NODES) : Math.floor(random() * HOSTS);
    const from = Math.floor(random() * DAY_SECONDS);
    const to = Math.min(DAY_SECONDS - 1, from + Math.ceil(-Math.log(1 - random()) * 4 * 3600));
    const who = `u${Math.floor(random() * PRINCIPALS)}`;
    const says = (at: number, message: string) =>
      lines.push({
        at,
        text: `${new Date(dayMillis + at * 1000).toISOString().replace('Z', '+00:00')} ${addressOf(host)} sshd[${(daysLater + 100) * sessions + index + 1}]: ${message}`,
      });
    says(
      from,
      `Accepted publickey for ${who} from 203.0.113.${index % 250} port ${1024 + (index % 60_000)} ssh2`,
    );
    says(to, `pam_unix(sshd:session): session closed for user ${who}`);
  }
  lines.sort((a, b) => a.at - b.at);
  writeFileSync(`${path}.new`, `${lines.map(({ text }) => text).join('\n')}\n`);
  renameSync(`${path}.new`, path);
  return path;
}

/** The n-th host of generate.ts. */
function addressOf(index: number): string {
  return `10.${20 + (index >> 8)}.${index & 255}.${7 + (index % 200)}`;
}

/** Returns a source of numbers in [0, 1): xorshift. */
function randomFrom(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
