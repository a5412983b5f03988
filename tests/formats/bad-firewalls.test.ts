import { testBadInput } from './bad-input.ts';
import { FIREWALL_SAMPLES } from './firewall-samples.ts';

testBadInput(FIREWALL_SAMPLES);
