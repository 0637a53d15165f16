import { channel } from 'node:diagnostics_channel';

/** A global channel, which costs nothing without a listener: https://nodejs.org/api/diagnostics_channel.html */
const CHANNEL = channel('hephy-builder:trace');

/** Details for `HEPHY_DEBUG=1`. `describe` is only called if there is a listener. */
export function trace(describe: () => string): void {
  if (CHANNEL.hasSubscribers) CHANNEL.publish(describe());
}

/** Returns a function that removes the listener. */
export function listenToTrace(listen: (text: string) => void): () => void {
  function pass(message: unknown): void {
    if (typeof message === 'string') listen(message);
  }
  CHANNEL.subscribe(pass);
  return () => {
    CHANNEL.unsubscribe(pass);
  };
}

/** For display: quotes words with special characters. */
export function showCommand(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:,@%+=-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
