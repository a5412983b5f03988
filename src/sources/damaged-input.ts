import { InputError } from '../errors.ts';

/** The compressed bytes of an input are cut, altered or followed by something that does not belong there. */
export class DamagedInput extends InputError {}
