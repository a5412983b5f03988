/** Raised when more questions wait than the server will keep; it becomes status 503. */
export class BusyError extends Error {}

/** Runs a computation, or joins the running one of the same key. */
export type Share = <T>(key: string, compute: () => Promise<T>) => Promise<T>;

/**
 * Returns a function that runs at most `runningLimit` computations at once, keeps at most `waitingLimit` waiting, and
 * lets identical questions asked meanwhile share one answer. Nothing is kept once it is answered: the ledger may grow.
 * The function rejects with BusyError when too many wait.
 */
export function createShare(runningLimit: number, waitingLimit: number): Share {
  const inFlight = new Map<string, Promise<unknown>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function turn(): Promise<void> {
    if (running < runningLimit) {
      running += 1;
      return;
    }
    if (waiting.length >= waitingLimit) throw new BusyError('Too many questions at once; ask again shortly.');
    // The one who finishes hands its place on, so `running` does not change here.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function done(): void {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }

  async function run<T>(compute: () => Promise<T>): Promise<T> {
    await turn();
    try {
      return await compute();
    } finally {
      done();
    }
  }

  return <T>(key: string, compute: () => Promise<T>): Promise<T> => {
    const known = inFlight.get(key);
    // A key names its route, and a route has one type of answer.
    if (known) return known as Promise<T>;
    const answer = run(compute).finally(() => inFlight.delete(key));
    inFlight.set(key, answer);
    return answer;
  };
}
