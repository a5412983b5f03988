/**
 * The rooms of the house and who may enter them: a room imports only from the rooms listed before it.
 * Folder order is the order of the data's journey (docs/architecture.md).
 */
const rooms = [
  'records',
  'facility',
  'sources',
  'ledger',
  'accounting',
  'detection',
  'claims',
  'samples',
  'exposure',
  'incidents',
  'feeds',
  'simulation',
  'outbox',
  'operations',
  'commands',
  'server',
];
const siblings = ['detection', 'claims', 'samples', 'exposure', 'feeds'];
const pure = ['detection', 'claims', 'exposure'];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...rooms.slice(0, -1).map((room, index) => ({
      name: `${room}-looks-up-only`,
      severity: 'error',
      // `weir serve` is a command that starts the server: the one door from a room to the room after it.
      from: { path: `^src/${room}/`, pathNot: '^src/commands/serve(-operations)?\\.ts$' },
      to: { path: `^src/(${rooms.slice(index + 1).join('|')})/` },
    })),
    ...siblings.map((room) => ({
      name: `${room}-is-no-sibling`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: `^src/(${siblings.filter((other) => other !== room).join('|')})/` },
    })),
    {
      name: 'pure-rooms-do-no-io',
      severity: 'error',
      from: { path: `^src/(${pure.join('|')})/`, pathNot: '\\.test\\.ts$' },
      to: { path: `^(node:|fs|path|@duckdb|src/(sources|ledger|accounting)/)` },
    },
    {
      name: 'edges-call-operations-only',
      severity: 'error',
      from: { path: '^src/(commands|server)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(sources|ledger|accounting|detection|simulation|outbox)/' },
    },
    {
      name: 'server-and-commands-apart',
      severity: 'error',
      from: { path: '^src/server/' },
      to: { path: '^src/commands/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$|^(tests|benchmarks)/' },
      to: { path: '\\.test\\.ts$|^tests/' },
    },
    {
      name: 'web-talks-over-http',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/', pathNot: '^src/server/api-types\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.svelte'] },
  },
};
