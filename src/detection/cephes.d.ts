/** The functions of the cephes package that Weir uses; its own types are not reachable through its exports. */
declare module 'cephes' {
  const cephes: {
    /** Settles when the WebAssembly is ready; nothing works before. */
    readonly compiled: Promise<void>;
    /** Inverse of the complemented regularised incomplete gamma function: x with igamc(a, x) = p. */
    igami(a: number, p: number): number;
    /** Quantile of the standard normal distribution. */
    ndtri(p: number): number;
  };
  export default cephes;
}
