/**
 * The end of a tool's output, from its last line that starts with this prefix: the tool ends with one such line, and the
 * output before it may mention failures that the tool recovered from. Empty if there is no such line.
 */
export function lastError(output: string, prefix: 'error: ' | 'Error: '): string {
  const start = `\n${output}`.lastIndexOf(`\n${prefix}`);
  return start < 0 ? '' : output.slice(start);
}
