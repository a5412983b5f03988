import { nameOf } from '../statistics.ts';
import { rival, scored } from './rival.ts';

type Point = [number, number, number];
interface Memory {
  centroid: Point;
  days: number;
}
const MEMORY = 1 / 14;
const LEAST_DAYS = 7;

/**
 * A ranking of hosts after Marchetti, Pierazzi, Colajanni and Guido, Analysis of high volumes of network traffic for
 * Advanced Persistent Threat detection, Computer Networks 109 (2016): each host is a point (bytes sent, flows,
 * destinations); suspicious is who is far from the population's centre, who moved far from its own past, and whose
 * movement points where nobody else's does. Ours takes logarithms, daily cells for flows, and adds the three parts up.
 */
export const marchetti = rival<Map<number, Memory>>({
  name: 'ranking after Marchetti et al.',
  source: 'Marchetti et al. 2016',
  needsAll: true,
  create: () => new Map(),
  score(memories, today, rows) {
    const points = pointsOf(rows);
    const centre = meanOf([...points.values()]);
    const scale = centre.map((_, f) => {
      const squares = [...points.values()].map(
        (point) => ((point[f] as number) - (centre[f] as number)) ** 2,
      );
      return Math.sqrt(squares.reduce((sum, each) => sum + each, 0) / Math.max(1, squares.length)) || 1;
    });
    const moves = new Map<number, Point>();
    for (const [host, point] of points) {
      const memory = memories.get(host);
      if (memory && memory.days >= LEAST_DAYS) moves.set(host, minus(point, memory.centroid, scale));
    }
    const common = meanOf([...moves.values()]);
    const all = [...moves].map(([host, move]) => {
      const far = norm(minus(points.get(host) as Point, centre, scale));
      const angle = 1 - dot(move, common) / Math.max(1e-9, norm(move) * norm(common));
      const outwards = (move[0] as number) > 0 ? 1 : 0;
      return scored(today, 'host', nameOf('host', host), outwards * (norm(move) + 0.5 * far + 0.5 * angle));
    });
    for (const [host, point] of points) {
      const memory = memories.get(host) ?? { centroid: [0, 0, 0] as Point, days: 0 };
      const weight = Math.max(MEMORY, 1 / (memory.days + 1));
      memory.centroid = memory.centroid.map((c, f) => c + weight * ((point[f] as number) - c)) as Point;
      memory.days += 1;
      memories.set(host, memory);
    }
    return all;
  },
});

function pointsOf(rows: Parameters<typeof marchetti.score>[2]): Map<number, Point> {
  const sums = new Map<number, { bytes: number; flows: number; networks: Set<number> }>();
  for (const { host, network, bytes } of rows) {
    host.forEach((h, i) => {
      const sum = sums.get(h) ?? { bytes: 0, flows: 0, networks: new Set<number>() };
      sums.set(h, sum);
      sum.bytes += bytes[i] as number;
      sum.flows += 1;
      sum.networks.add(network[i] as number);
    });
  }
  return new Map(
    [...sums].map(([host, { bytes, flows, networks }]) => [
      host,
      [Math.log1p(bytes), Math.log1p(flows), Math.log1p(networks.size)],
    ]),
  );
}

function meanOf(points: readonly Point[]): Point {
  const sum: Point = [0, 0, 0];
  for (const point of points) {
    for (const [f, value] of point.entries()) sum[f as 0] += value / points.length;
  }
  return sum;
}

const minus = (a: Point, b: Point, scale: readonly number[]): Point =>
  a.map((value, f) => (value - (b[f] as number)) / (scale[f] as number)) as Point;
const dot = (a: Point, b: Point) => a.reduce((sum, value, f) => sum + value * (b[f] as number), 0);
const norm = (a: Point) => Math.sqrt(dot(a, a));
