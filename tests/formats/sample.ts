/** Good lines of every format, with what of them can go wrong, for tests that all formats share. */
export interface Sample {
  readonly name: string;
  /** What weir.yaml says of the sensor, as YAML in braces: `timezone: UTC`. */
  readonly settings: string;
  /** A whole log. Its records begin on lines of their own, or on several (`lines`). */
  readonly text: string;
  readonly records: number;
  /** A text to be put in another's place, and the column that a person is to be told of; exactly one line is rejected. */
  readonly wrong: readonly { readonly from: string; readonly to: string; readonly column: string | null }[];
  /** Changes after which every record counts as before: fields more or fewer. */
  readonly harmless: readonly { readonly from: string; readonly to: string }[];
}
