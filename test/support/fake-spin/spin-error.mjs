/** An error as Spin prints it: what failed, and below it the chain of why. */
export class SpinError extends Error {
  constructor(message, ...causes) {
    super(message);
    this.causes = causes;
  }
}
