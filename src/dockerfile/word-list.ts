import { isSpace } from './blanks.ts';

/** Collects words while a line is read; a blank ends one where it is neither quoted nor escaped. */
export class Words {
  readonly #done: string[] = [];
  #word = '';

  add(text: string): void {
    for (const char of text) {
      if (isSpace(char)) this.end();
      else this.#word += char;
    }
  }

  addRaw(text: string): void {
    this.#word += text;
  }

  /** BuildKit forgets the begun word when it reads what stands inside `${…}`. */
  forget(): void {
    this.#word = '';
  }

  end(): readonly string[] {
    if (this.#word !== '') this.#done.push(this.#word);
    this.#word = '';
    return this.#done;
  }
}
