import { testBadInput } from './bad-input.ts';
import { CLOUD_SAMPLES } from './cloud-samples.ts';

testBadInput(CLOUD_SAMPLES);
