import type { LogFormat } from '../format.ts';
import { awsVpc } from './aws-vpc.ts';
import { azureFlow } from './azure-flow.ts';
import { gcpVpc } from './gcp-vpc.ts';

/** Flow logs of public clouds. */
export const CLOUD_FORMATS: readonly LogFormat[] = [awsVpc, gcpVpc, azureFlow];
