import { createTransport } from 'nodemailer';
import { isLoopback, type MailChannel } from '../../facility/channels.ts';
import { failed, type Send, type Sent } from '../message.ts';
import { readSecret, readTls } from './secrets.ts';

const TIMEOUT_MILLIS = 20_000;

/**
 * Returns the function that mails messages: the letter as text, the JSON attached. Every copy has the same Message-ID.
 * Without TLS from the first byte, STARTTLS is demanded of every receiver but this machine itself.
 * @throws ConfigurationError when the password or a certificate cannot be read.
 */
export function mailSender(channel: MailChannel): Send {
  const { name, host, port, encrypted, user, password, from, to, format } = channel;
  const transport = createTransport({
    host,
    port,
    secure: encrypted,
    requireTLS: !encrypted && !isLoopback(host),
    tls: { ...readTls(channel.tls, name) },
    ...(user === undefined || password === undefined
      ? {}
      : { auth: { user, pass: readSecret(password, name) } }),
    connectionTimeout: TIMEOUT_MILLIS,
    greetingTimeout: TIMEOUT_MILLIS,
    socketTimeout: TIMEOUT_MILLIS,
    // No text of a message may make the library fetch a file or a page.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.slice(from.indexOf('@') + 1);
  return async ({ id, subject, title, letter, json, gravity, writtenMillis }) => {
    try {
      const { rejected } = await transport.sendMail({
        from,
        to: [...to],
        subject: title,
        text: letter,
        messageId: `<${id}@${domain}>`,
        date: new Date(writtenMillis),
        priority: gravity === 'high' ? 'high' : 'normal',
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Weir-Id': subject },
        attachments: [
          {
            filename: `weir-${subject}.${format}.json`,
            content: `${json}\n`,
            contentType: 'application/json',
          },
        ],
      });
      const refused = rejected.map(String).join(', ');
      return refused === '' ? { ok: true } : { ok: true, remark: `not delivered to ${refused}` };
    } catch (error) {
      return refusalOf(error);
    }
  };
}

/** A login or STARTTLS that failed: a second try with the same password only brings its lock nearer. */
const OF_EVERY = ['EAUTH', 'ETLS'];

/** 5xx is for good, 4xx for now (RFC 5321 4.2.1); what is no answer at all is a matter of the network. */
function refusalOf(error: unknown): Sent {
  const status = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const lasting = status >= 500;
  return { ...failed(error, lasting), ...(lasting && OF_EVERY.includes(code) ? { ofEvery: true } : {}) };
}
