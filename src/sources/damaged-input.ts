import { InputError } from '../errors.ts';

/** The compressed bytes of an input are cut, altered or followed by something that does not belong there. */
export class DamagedInput extends InputError {
  constructor(what: string, options?: ErrorOptions) {
    super(`${what}; import it again when it is there in whole, as it was written`, options);
  }
}
