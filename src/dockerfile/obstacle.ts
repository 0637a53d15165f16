/** Something that kaniko cannot do, or does worse, and where it stands. */
export interface Obstacle {
  readonly line: number;
  readonly text: string;
  /** What becomes of it with kaniko; undefined where the image is the same and only time is lost. */
  readonly loss: string | undefined;
}
