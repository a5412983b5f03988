import { testBadInput } from './bad-input.ts';
import { STORE_SAMPLES } from './store-samples.ts';

testBadInput(STORE_SAMPLES);
