export interface Heap<T> {
  push(item: T): void;
  /** The first by `before`; undefined when empty. */
  pop(): T | undefined;
}

/** A binary heap: returns the next of thousands of ready tasks without sorting them again each time. */
export function createHeap<T extends object>(before: (a: T, b: T) => boolean): Heap<T> {
  const items: T[] = [];

  function rise(item: T): void {
    let at = items.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = items[above];
      if (!parent || !before(item, parent)) break;
      items[at] = parent;
      at = above;
    }
    items[at] = item;
  }

  function sink(item: T): void {
    let at = 0;
    for (;;) {
      const below = firstChild(at);
      const child = items[below];
      if (!child || !before(child, item)) break;
      items[at] = child;
      at = below;
    }
    items[at] = item;
  }

  function firstChild(at: number): number {
    const left = 2 * at + 1;
    const [a, b] = [items[left], items[left + 1]];
    return a && b && before(b, a) ? left + 1 : left;
  }

  function pop(): T | undefined {
    const first = items[0];
    const last = items.pop();
    if (last && items.length > 0) sink(last);
    return first;
  }

  return { push: rise, pop };
}
