/**
 * The errors Weir raises on purpose. Each carries the process exit code of the command it ends
 * (docs/commands.md): 2 usage or configuration, 3 an input failed as a whole, 4 internal error.
 */
export class WeirError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.exitCode = exitCode;
  }
}

/** The command line or weir.yaml is wrong; the message says where and what to do. */
export class ConfigurationError extends WeirError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, 2, options);
  }
}

/** An input could not be read as a whole: damaged compression, no permission, not a log. */
export class InputError extends WeirError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, 3, options);
  }
}

/** The ledger on disk is not what its journal says it is. */
export class LedgerError extends WeirError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, 3, options);
  }
}

/** An identity that must hold did not: a defect in Weir, never the user's fault. */
export class InternalError extends WeirError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, 4, options);
  }
}

/**
 * Returns normally when the identity holds.
 * @throws InternalError with the message otherwise.
 */
export function assertIdentity(holds: boolean, message: () => string): asserts holds {
  if (!holds) throw new InternalError(message());
}
