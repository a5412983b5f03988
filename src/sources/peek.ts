/** The beginning of a stream, and the whole stream again. */
export type Peeked = {
  readonly head: Buffer;
  /** True when the stream holds nothing beyond the head. */
  readonly isWhole: boolean;
  /** All bytes from the start, to be read once. */
  readonly bytes: AsyncIterable<Buffer>;
  /** Ends the stream; harmless when it has ended. */
  close(): Promise<void>;
};

/** Returns what `peek` would of a stream that is known as a whole. */
export function peekedAt(whole: Buffer, bytes: AsyncIterable<Buffer>): Peeked {
  return { head: whole, isWhole: true, bytes, close: async () => undefined };
}

/** Reads at least `bytes` bytes of a stream, or all of it, without losing them. */
export async function peek(stream: AsyncIterable<Buffer>, bytes: number): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]();
  const held: Buffer[] = [];
  let heldBytes = 0;
  let isWhole = false;
  while (heldBytes < bytes && !isWhole) {
    const step = await iterator.next();
    if (step.done) isWhole = true;
    else {
      // A buffer may be reused when the next but one is asked for; the last one needs no copy.
      const previous = held.pop();
      if (previous) held.push(Buffer.from(previous));
      held.push(step.value);
      heldBytes += step.value.length;
    }
  }
  const head = held.length === 1 ? (held[0] ?? Buffer.alloc(0)) : Buffer.concat(held);
  async function* replay(): AsyncGenerator<Buffer, void, void> {
    try {
      yield* held;
      if (isWhole) return;
      for (let step = await iterator.next(); !step.done; step = await iterator.next()) yield step.value;
    } finally {
      await iterator.return?.();
    }
  }
  return {
    head,
    isWhole,
    bytes: replay(),
    close: async () => {
      await iterator.return?.();
    },
  };
}
