import type { Screen } from '../system/terminal/port.ts';

/** Colours repeat what the text says, so that output without colours is complete. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

/** The properties of the place where a text is shown. */
export interface View {
  readonly style: Style;
  /** Undefined if the width is not limited. */
  readonly columns: number | undefined;
}

export function createStyle(colours: boolean): Style {
  function paint(open: number, close: number): (text: string) => string {
    return (text) => (colours && text !== '' ? `\x1b[${open}m${text}\x1b[${close}m` : text);
  }
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
  };
}

export function viewOf(screen: Screen): View {
  return { style: createStyle(screen.colours), columns: screen.columns() };
}
