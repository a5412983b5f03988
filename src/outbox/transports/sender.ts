import type { Channel } from '../../facility/channels.ts';
import type { Send } from '../message.ts';
import { fileSender } from './file.ts';
import { mailSender } from './mail.ts';
import { syslogSender } from './syslog.ts';
import { webhookSender } from './webhook.ts';

/**
 * Returns the function that sends over a channel.
 * @throws ConfigurationError when a secret or certificate of it cannot be read.
 */
export function senderOf(channel: Channel): Send {
  if (channel.kind === 'file') return fileSender(channel);
  if (channel.kind === 'syslog') return syslogSender(channel);
  return channel.kind === 'webhook' ? webhookSender(channel) : mailSender(channel);
}
