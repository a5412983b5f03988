import { describe, expect, it } from 'vitest';
import { BusyError, createShare } from './share.ts';

/** A computation that ends when told to. */
function gate() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('createShare', () => {
  it('lets identical questions share one computation, and asks anew afterwards', async () => {
    const share = createShare(2, 10);
    const { open, opened } = gate();
    let runs = 0;
    const compute = async () => {
      runs += 1;
      await opened;
      return runs;
    };
    const both = [share('a', compute), share('a', compute)];
    open();
    expect(await Promise.all(both)).toEqual([1, 1]);
    expect(await share('a', compute)).toBe(2);
  });

  it('never runs more than its limit, and answers all in turn', async () => {
    const share = createShare(2, 100);
    let running = 0;
    let most = 0;
    const answers = Array.from({ length: 20 }, (_, index) =>
      share(`key ${index}`, async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return index;
      }),
    );
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(most).toBe(2);
  });

  it('turns away what it cannot keep waiting, and recovers', async () => {
    const share = createShare(1, 1);
    const { open, opened } = gate();
    const first = share('1', () => opened);
    const second = share('2', async () => 'second');
    await expect(share('3', async () => 'third')).rejects.toThrow(BusyError);
    open();
    await first;
    expect(await second).toBe('second');
    expect(await share('3', async () => 'third')).toBe('third');
  });

  it('passes a failure to everybody who shared it, and keeps no trace of it', async () => {
    const share = createShare(1, 5);
    const fail = async () => Promise.reject(new Error('no ledger'));
    const both = await Promise.allSettled([share('a', fail), share('a', fail)]);
    expect(both.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    expect(await share('a', async () => 'well')).toBe('well');
  });
});
