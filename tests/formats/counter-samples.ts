import type { Sample } from './sample.ts';

/** Samples in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/) as /federate gives them. */
export const PROMETHEUS_TEXT: Sample = {
  name: 'prometheus-text',
  settings: '',
  text: `# TYPE ifHCOutOctets untyped
ifHCOutOctets{ifDescr="Ethernet 1, \\"up\\"",ifIndex="1",ifName="eth0",instance="192.0.2.1:9116",job="snmp"} 1.5e+09 1772359200000
ifHCInOctets{ifIndex="1",ifName="eth0",instance="192.0.2.1:9116",job="snmp"} 4840 1772359200000
`,
  records: 2,
  wrong: [
    { from: '1.5e+09', to: 'NaN', column: 'value' },
    { from: '1.5e+09 1772359200000', to: '1.5e+09', column: 'time' },
    { from: '1.5e+09 1772359200000', to: '1.5e+09 1772', column: 'time' },
    { from: ',instance="192.0.2.1:9116",job="snmp"} 1.5', to: '} 1.5', column: 'instance' },
    { from: 'ifHCOutOctets{ifDescr', to: 'ifHCOutOctets{{ifDescr', column: null },
  ],
  harmless: [
    {
      from: 'ifIndex="1",ifName="eth0",instance="192.0.2.1:9116",job="snmp"} 4840',
      to: 'a="ifName=\\"x\\"",ifName="eth0",instance="192.0.2.1:9116",} 4840',
    },
  ],
};

/** The answer of /api/v1/query_range (https://prometheus.io/docs/prometheus/latest/querying/api/). */
export const PROMETHEUS_RANGE: Sample = {
  name: 'prometheus-range',
  settings: '',
  text: `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"ifHCInOctets","ifName":"eth{0}","instance":"192.0.2.1"},"values":[[1772359200,"4840"]]},{"metric":{"__name__":"ifHCOutOctets","ifName":"eth0","instance":"192.0.2.1:9116"},"values":[[1772359200,"1500000000"],[1772359260.5,"1500150000"]]}]}}
`,
  records: 3,
  wrong: [
    { from: '"1500150000"', to: '"+Inf"', column: 'value' },
    { from: '"1500150000"', to: '1500150000.', column: null },
    { from: '1772359260.5', to: '17', column: 'time' },
    { from: '"ifName":"eth{0}"', to: '"ifName":"eth{0}', column: 'instance' },
  ],
  harmless: [{ from: '"result":[{', to: '"result":[\n{' }],
};

/** Columns as exports of monitoring systems name them. */
export const COUNTER_CSV: Sample = {
  name: 'counter-csv',
  settings: 'timezone: Asia/Shanghai',
  text: `time,device,interface,ifHCInOctets,ifHCOutOctets
2026-03-01 18:00:00,192.0.2.1,eth0,4840,1500000000
2026-03-01 18:05:00,192.0.2.1,eth0,9680,1500150000
`,
  records: 2,
  wrong: [
    { from: '1500000000', to: '1500 MB', column: 'ifHCOutOctets' },
    { from: '2026-03-01 18:00:00', to: '18:00', column: 'time' },
    { from: '192.0.2.1,eth0,4840', to: ',eth0,4840', column: 'device' },
  ],
  harmless: [],
};

/** Points of Telegraf's snmp input (https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/). */
export const TELEGRAF: Sample = {
  name: 'telegraf',
  settings: '',
  text: `interface,agent_host=192.0.2.1,ifDescr=Gigabit\\ Ethernet\\ 1,ifName=Gi0/1 ifHCInOctets=4840u,ifHCOutOctets=1500000000u,ifAlias="a, b=9" 1772359200000000000
net,host=192.0.2.1,interface=eth0 bytes_sent=1500000000i,bytes_recv=4840i 1772359200000000000
`,
  records: 2,
  wrong: [
    { from: 'ifHCOutOctets=1500000000u', to: 'ifHCOutOctets=-1u', column: 'ifHCOutOctets' },
    { from: 'b=9" 1772359200000000000', to: 'b=9" 17', column: 'time' },
    { from: 'agent_host=192.0.2.1,', to: '', column: 'agent_host' },
  ],
  harmless: [{ from: ',ifAlias="a, b=9"', to: ',x=t,y="ifHCOutOctets=7"' }],
};

/** Interface counters. */
export const COUNTER_SAMPLES: readonly Sample[] = [PROMETHEUS_TEXT, PROMETHEUS_RANGE, COUNTER_CSV, TELEGRAF];
