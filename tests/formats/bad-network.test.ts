import { testBadInput } from './bad-input.ts';
import { NETWORK_SAMPLES } from './network-samples.ts';

testBadInput(NETWORK_SAMPLES);
