import { testBadInput } from './bad-input.ts';
import { TRANSFER_SAMPLES } from './store-samples.ts';

testBadInput(TRANSFER_SAMPLES);
