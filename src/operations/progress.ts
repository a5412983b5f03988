/** Tells a person how far long work has come; commands print it on stderr, tests ignore it. */
export type Progress = (message: string) => void;
