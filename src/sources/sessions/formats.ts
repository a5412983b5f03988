import type { LogFormat } from '../format.ts';
import { fortigate } from '../fortigate.ts';
import { paloalto } from '../paloalto.ts';
import { ciscoAsa } from './cisco-asa.ts';
import { accounts, directory, members } from './directory.ts';
import { openvpnStatus } from './openvpn-status.ts';
import { openvpnLog, strongswanLog } from './own-logs.ts';
import { journal, syslogSessions } from './syslog-sessions.ts';
import { wireguard } from './wireguard.ts';

/** Logs that tell who was connected, in the order in which they are asked. */
export const SESSION_FORMATS: readonly LogFormat[] = [
  journal,
  directory,
  members,
  accounts,
  openvpnStatus,
  wireguard,
  ciscoAsa,
  fortigate,
  paloalto,
  openvpnLog,
  strongswanLog,
  syslogSessions,
];
