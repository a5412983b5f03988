import { testBadInput } from './bad-input.ts';
import { COUNTER_SAMPLES } from './counter-samples.ts';

testBadInput(COUNTER_SAMPLES);
