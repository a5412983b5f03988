/** docs/power.md, as the bench writes it. */
import { poissonUpperBound } from '../../src/detection/poisson.ts';
import type { Size } from './centre.ts';
import type { Found } from './found.ts';
import { RIVALS } from './rivals/all.ts';
import { better, type Loss } from './summary.ts';
import type { SustainedLimit } from './sustained.ts';

const GENERATOR_WORDS: Readonly<Record<string, string>> = {
  everyday: 'The centre of habits (steps of the method were chosen on such centres, other seeds)',
  otherwise:
    'The centre of projects (built differently; other seeds were in sight when steps were kept or dropped)',
  services: 'The centre of services (written when the method stood: nothing was chosen with it in sight)',
};

/** Returns bytes as TB with three digits. */
export function terabytes(bytes: number): string {
  const value = bytes / 1e12;
  return value >= 99.5 ? String(Math.round(value)) : value.toPrecision(value >= 0.1 ? 2 : 1);
}

/** Returns the rival that lost least in a case, and what it lost. */
export function bestRival(found: Found, index: number): { name: string; loss: Loss } {
  const losses = found.cases[index]?.losses ?? [];
  let best = 1;
  for (let i = 2; i < losses.length; i++) if (better(losses[i] as Loss, losses[best] as Loss)) best = i;
  return { name: found.methods[best] as string, loss: losses[best] as Loss };
}

/** Returns the page. */
export function page(found: readonly Found[], size: Size, minutes: number): string {
  const scaled =
    size.scale === 1
      ? 'Volumes are those of the full size.'
      : `This run is of the ${size.name} size: ${size.hosts} hosts, ${size.principals} principals, ${size.systems} ASes, ${size.networks} networks, ${size.bytesPerDay / 1e12} TB a day. A case of ten hosts and more takes a tenth of the volume that its name says, from a tenth of the hosts and identities; compare with a tenth of a goal for the full size, and remember that a small centre's totals are relatively three times as noisy.`;
  return `# What Weir finds, and what it costs to find it

_Written by \`npm run bench:power\`; do not edit. ${found[0]?.seeds ?? 0} centres of each kind, ${Math.round(minutes)} minutes on one core._

Each row is a campaign planted into simulated centres: 360 days, of which 180 are history. ${scaled} Everything is
simulated and lives in memory only ([how](method.md#the-bench)).

- **lost**: bytes from the campaign's first byte to the end of the day on which a lead was raised; all that it took
  where none was. Median / 90th percentile / worst over the centres.
- **found**: share of the centres in which a lead was raised while the campaign ran. A lead counts only if the paired
  clean run has none on the same entity within 30 days, and the campaign is at least half of its evidence.
- **Budget**: one lead a week for the whole centre. Weir sets its own thresholds from each centre's past, as \`weir detect\`
  does, and sees no other centre. Each rival gets one threshold from other clean centres of the same kind, such that it
  shows one lead a week there: an advantage no real installation has. Neither saw the centres it is judged on.
${found.map((each) => section(each)).join('\n')}
## The rules compared

${RIVALS.map(({ name, source }) => `- **${name}**: ${source}; \`benchmarks/power/rivals/\``).join('\n')}
`;
}

function section(found: Found): string {
  const header =
    '| Campaign | Taken | Weir lost | Weir found | Paid | Best other rule | It lost | It found |\n| --- | --- | --- | --- | --- | --- | --- | --- |';
  const rows = found.cases.map(({ what, takenBytes, losses }, i) => {
    const weir = losses[0] as Loss;
    const { name, loss } = bestRival(found, i);
    const mark = better(loss, weir) ? ' **(better)**' : '';
    return `| ${what.name} | ${terabytes(takenBytes)} TB | ${words(weir)} | ${percent(weir.share)} | ${weir.by} | ${name}${mark} | ${words(loss)} | ${percent(loss.share)} |`;
  });
  const wins = found.cases.filter(
    ({ losses }, i) => !better(bestRival(found, i).loss, losses[0] as Loss),
  ).length;
  const rates = found.methods.map((method, i) => {
    const { rate, upper } = found.rates[i] as Found['rates'][number];
    return `| ${method} | ${rate.toFixed(2)} | ${upper.toFixed(2)} |`;
  });
  return `
## ${GENERATOR_WORDS[found.generator] ?? found.generator}

Weir lost no more than the best other rule of each row in ${wins} of ${found.cases.length} rows.

![Bytes lost before detection](pictures/power-${found.generator}.svg)

${header}
${rows.join('\n')}

### Found, by rule

| Campaign | ${found.methods.join(' | ')} |
| --- |${found.methods.map(() => ' --- |').join('')}
${found.cases.map(({ what, losses }) => `| ${what.name} | ${losses.map((loss) => `${percent(loss.share)}, ${terabytes(loss.medianBytes)} TB`).join(' | ')} |`).join('\n')}

### Delay against Lorden's bound

Where a pooled channel (network, AS, path, centre) was the first to find: days to the lead, beside the least that any rule
for that statistic alone would need at its family's average run length (\`lorden.ts\`). A ratio of 1 is no later than the bound.

| Campaign | Found so | Median days | Median bound | Median ratio | Worst ratio |
| --- | --- | --- | --- | --- | --- |
${found.cases.flatMap(({ what, delay }) => (delay ? [`| ${what.name} | ${delay.leads} of ${found.seeds} | ${delay.medianDays} | ${delay.medianLeastDays} | ${delay.medianRatio.toFixed(1)} | ${delay.worstRatio.toFixed(1)} |`] : [])).join('\n')}

### What could be sustained

Losses a month that the detection limit gives for 180 days at the end of the history, missed half the time and one time in ten, medians over
the centres. The shadow's streams are as many as its identities, on pairs long known; its identities are each as large as the median one of regular habits.

| Seen as | Half the time | One in ten |
| --- | --- | --- |
| the whole centre, one stream, as \`weir detect\` prints it | ${monthly(found, 'centre50')} | ${monthly(found, 'centre90')} |
| the whole centre, a shadow of ${found.limits[0]?.identities} identities | ${monthly(found, 'shadow50')} | ${monthly(found, 'shadow90')} |
| all of the shadow's identities, each by its own limit | ${monthly(found, 'identities50')} | ${monthly(found, 'identities90')} |

### False leads on these clean centres

The last 180 days of ${found.seeds} clean centres, ${Math.round((found.seeds * 180) / 7)} weeks; the bound is the exact one-sided 95 % bound of a Poisson
rate (none at all would be ${(poissonUpperBound(0) / ((found.seeds * 180) / 7)).toFixed(2)}).

| Rule | Leads a week | 95 % upper bound |
| --- | --- | --- |
${rates.join('\n')}
`;
}

/** Returns a loss as median, 90th percentile and worst. */
export const words = ({ medianBytes, ninetiethBytes, worstBytes }: Loss) =>
  `${terabytes(medianBytes)} / ${terabytes(ninetiethBytes)} / ${terabytes(worstBytes)} TB`;
/** Returns a share as whole percent. */
export const percent = (share: number) => `${Math.round(100 * share)} %`;

function monthly(found: Found, which: Exclude<keyof SustainedLimit, 'identities'>): string {
  const values = found.limits.map((limit) => limit[which]).sort((a, b) => a - b);
  const median = values[Math.ceil(values.length / 2) - 1] ?? Number.POSITIVE_INFINITY;
  return Number.isFinite(median) ? `${terabytes(30 * median)} TB` : 'unlimited';
}
