import { testBadInput } from './bad-input.ts';
import { SAMPLES } from './samples.ts';

testBadInput(SAMPLES);
