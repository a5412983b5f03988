/** Runs a generator one step ahead of its consumer. Ends it when the consumer stops. */
export async function* ahead<T>(source: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  const advance = (): Promise<IteratorResult<T, void>> => {
    const next = source.next();
    // It is awaited a step later; until then its failure is nobody's.
    next.catch(() => undefined);
    return next;
  };
  try {
    let pending = advance();
    for (;;) {
      const step = await pending;
      if (step.done) return;
      pending = advance();
      yield step.value;
    }
  } finally {
    await source.return();
  }
}
