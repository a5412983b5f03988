import { appendFileSync } from 'node:fs';

const fault = process.env.WEIR_FAULT;
const listFile = process.env.WEIR_FAULT_LIST;
const armed = fault !== undefined || listFile !== undefined;
const [wantedName = '', wantedCount = '1'] = (fault ?? '').split('#');
let passed = 0;

/**
 * A step at which a crash must do no harm. Does nothing unless the environment asks for it:
 * `WEIR_FAULT=name#n` kills this process with SIGKILL at the n-th point of that name, `WEIR_FAULT=#n` at the n-th
 * point of any name, `WEIR_FAULT_LIST=file` appends the names passed.
 */
export function faultPoint(name: string): void {
  if (!armed) return;
  if (listFile !== undefined) appendFileSync(listFile, `${name}\n`);
  if (fault === undefined || (wantedName !== '' && wantedName !== name)) return;
  passed += 1;
  if (passed === Number(wantedCount)) process.kill(process.pid, 'SIGKILL');
}
