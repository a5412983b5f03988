import { z } from 'zod';

const name = z.string().trim().min(1, 'must not be empty: give it a name');

/** Names of channels become names of files in the ledger's folder. */
const channelName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be of a-z, 0-9 and -, at most 40 characters: it names a file');

const mailAddress = z
  .string()
  .regex(/^[^\s<>@,;:"]+@[^\s<>@,;:"]+$/, 'must be a bare mail address such as soc@example.org');

const environmentName = z.string().regex(/^[A-Za-z_]\w*$/, 'must be the name of an environment variable');

const tlsSchema = z.strictObject({
  ca: name
    .optional()
    .describe('PEM file of the authorities to trust in place of the public ones, relative to weir.yaml.'),
  cert: name.optional().describe('PEM file of the certificate to show, where the receiver asks for one.'),
  key: name.optional().describe('PEM file of its key.'),
});

/** One way out to where people work. What the kinds need and cannot have is settled in notify-meaning.ts. */
export const channelSchema = z.strictObject({
  name: channelName.describe('Name of the channel; what it has sent is kept under it.'),
  kind: z.enum(['file', 'syslog', 'webhook', 'smtp']).describe('How it sends.'),
  target: name.describe(
    'Where to: a file; `tcp://host:601` or `tls://host:6514`; an `https://` address; `smtp://user@host:587` or `smtps://user@host:465`.',
  ),
  format: z.enum(['ocsf', 'ecs']).default('ocsf').describe('What a message is written in.'),
  subjects: z
    .array(z.enum(['lead', 'campaign', 'incident']))
    .min(1)
    .default(['lead', 'campaign', 'incident'])
    .describe('What it is told of.'),
  tls: tlsSchema.optional().describe('Certificates, where the public authorities do not do.'),
  secretFile: name
    .optional()
    .describe('File with the key that signs a webhook, or the password of smtp; readable by its owner only.'),
  secretEnv: environmentName.optional().describe('Environment variable with the same, in place of the file.'),
  tokenFile: name
    .optional()
    .describe('File with a token that a webhook shows in its Authorization header; readable likewise.'),
  tokenEnv: environmentName.optional().describe('Environment variable with the same, in place of the file.'),
  tokenScheme: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'must be one word such as Bearer')
    .default('Bearer')
    .describe('The word before the token: `Splunk` for Splunk, `ApiKey` for Elastic.'),
  from: mailAddress.optional().describe('Sender of smtp.'),
  to: z.array(mailAddress).min(1).optional().describe('Receivers of smtp.'),
});

/** A channel as weir.yaml writes it. */
export type ChannelYaml = z.infer<typeof channelSchema>;
