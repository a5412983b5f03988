import { testBadInput } from './bad-input.ts';
import { OBJECT_SAMPLES } from './object-samples.ts';

testBadInput(OBJECT_SAMPLES);
