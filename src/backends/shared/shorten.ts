const LONGEST = 100;

/** Shortens an instruction for an error message: a RUN may have thousands of characters. */
export function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
