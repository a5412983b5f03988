import { readSnapshot, type Snapshot } from '../ledger/snapshot.ts';

/** Entries after which an answer may be another one. Detection's own results and audits change none. */
const CHANGING = ['commit', 'build', 'compact', 'expire', 'seal', 'decision'] as const;
/** A console asks few different questions. */
const KEPT = 16;

/**
 * Returns a function that answers like `ask`, and gives the same answer to the same question as long as the journal
 * says nothing new. Answers depend on the journal and on weir.yaml only, and a process reads weir.yaml once.
 */
export function rememberWhileStill<Question extends { readonly asOf?: number | undefined }, Answer>(
  ledgerDir: string,
  ask: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  const kept = new Map<string, { state: number; answer: Answer }>();
  return async (question) => {
    const { position } = await readSnapshot(ledgerDir);
    const key = keyOf(question, position);
    const before = await stateOf(ledgerDir);
    const known = kept.get(key);
    if (known?.state === before) return known.answer;
    const answer = await ask(question);
    kept.delete(key);
    if ((await stateOf(ledgerDir)) === before) kept.set(key, { state: before, answer });
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return answer;
  };
}

/** A question as of the newest entry is the question without a position: the console asks one after the other. */
function keyOf({ asOf, ...rest }: { readonly asOf?: number | undefined }, position: number): string {
  return JSON.stringify(asOf === undefined || asOf === position ? rest : { ...rest, asOf });
}

async function stateOf(ledgerDir: string): Promise<number> {
  const snapshot: Snapshot = await readSnapshot(ledgerDir);
  return Math.max(0, ...CHANGING.map((kind) => snapshot.entriesOf(kind).at(-1)?.seq ?? 0));
}
