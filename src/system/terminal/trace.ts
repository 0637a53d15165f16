import { channel } from 'node:diagnostics_channel';

/** Nobody has to hand it on, and without a listener it costs nothing: https://nodejs.org/api/diagnostics_channel.html */
const CHANNEL = channel('hephy-builder:trace');

/** What was done in detail, for `HEPHY_DEBUG=1`. The text is only made when somebody listens. */
export function trace(describe: () => string): void {
  if (CHANNEL.hasSubscribers) CHANNEL.publish(describe());
}

/** Gives back how to stop. */
export function listenToTrace(listen: (text: string) => void): () => void {
  function pass(message: unknown): void {
    if (typeof message === 'string') listen(message);
  }
  CHANNEL.subscribe(pass);
  return () => {
    CHANNEL.unsubscribe(pass);
  };
}

/** For people: a word with anything odd in it stands in quotes. */
export function showCommand(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:,@%+=-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
