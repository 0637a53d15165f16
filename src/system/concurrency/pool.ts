export type Settled<R> = { readonly value: R } | { readonly error: unknown };

/** Processes all items in order, at most `limit` at once. A failure does not stop the other items. */
export async function settlePool<T, R>(
  items: readonly T[],
  limit: number,
  run: (item: T) => Promise<R>,
): Promise<Settled<R>[]> {
  const settled: Settled<R>[] = [];
  const queue = items.entries();
  async function work(): Promise<void> {
    for (const [index, item] of queue) settled[index] = await settle(run(item));
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, work));
  return settled;
}

/** As `settlePool`, but throws the first failure once all items are processed. */
export async function runPool<T, R>(
  items: readonly T[],
  limit: number,
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const settled = await settlePool(items, limit, run);
  return settled.map((outcome) => {
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  });
}

async function settle<R>(work: Promise<R>): Promise<Settled<R>> {
  try {
    return { value: await work };
  } catch (error) {
    return { error };
  }
}
