import { testBadInput } from './bad-input.ts';
import { SESSION_SAMPLES } from './session-samples.ts';

testBadInput(SESSION_SAMPLES);
