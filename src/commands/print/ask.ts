import { createInterface } from 'node:readline/promises';
import { ConfigurationError } from '../../errors.ts';

/** Returns whether a person sits at both ends: questions go to stderr, so that stdout stays the answer's. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/**
 * Asks a person one question; an empty answer means `fallback`.
 * @throws ConfigurationError when the input ends, because then nothing was answered.
 */
export async function ask(question: string, fallback: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const ended = new Promise<never>((_, reject) => {
      lines.once('close', () =>
        reject(new ConfigurationError('the questions were not answered; nothing was written')),
      );
    });
    const hint = fallback === '' ? '' : ` [${fallback}]`;
    const answer = await Promise.race([lines.question(`${question}${hint}: `), ended]);
    return answer.trim() === '' ? fallback : answer.trim();
  } finally {
    lines.close();
  }
}
