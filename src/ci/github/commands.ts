import type { Problem } from '../../domain/result.ts';
import { formatPosition } from '../../errors.ts';

/*
 * The three small protocols of a GitHub runner, by hand: @actions/core would load an HTTP client and an OIDC client at
 * start, and its functions write where a test cannot look.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function renderCommand(
  name: string,
  message: string,
  properties: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const given = Object.entries(properties).filter(([, value]) => value !== undefined && value !== '');
  const listed = given.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(',');
  return `::${name}${listed === '' ? '' : ` ${listed}`}::${escapeData(message)}\n`;
}

export function renderAnnotation(problem: Problem): string {
  const { at, code, hint } = problem;
  const place = at === undefined ? '' : `${formatPosition(at)}: `;
  const message = hint === undefined ? problem.message : `${problem.message}\n${hint}`;
  return renderCommand('error', at?.line === undefined ? place + message : message, {
    title: code,
    file: at?.file,
    line: at?.line,
    col: at?.column,
  });
}

/** A value of any shape between two lines that it does not hold. */
export function renderOutput(name: string, value: string, unique: string): string {
  return `${name}<<${unique}\n${value}\n${unique}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
