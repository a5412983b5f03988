import { BarChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type { EgressDays } from './egress-days.ts';
import { formatBytes } from './format.ts';
import { PLOT } from './plot-geometry.ts';

echarts.use([BarChart, GridComponent, CanvasRenderer]);

const HATCH_STEP = 6;

/** A drawn chart. */
export interface EgressChart {
  /** Draws at the holder's present size, in the page's present colours. */
  draw(egress: EgressDays): void;
  dispose(): void;
}

/** Returns a chart of stacked daily egress in `holder`, without data yet; colours come from the page's style sheet. */
export function createEgressChart(holder: HTMLElement): EgressChart {
  const chart = echarts.init(holder, null, { renderer: 'canvas' });
  return {
    draw: (egress) => {
      chart.resize();
      chart.setOption(optionOf(egress, holder), { notMerge: true });
    },
    dispose: () => chart.dispose(),
  };
}

function optionOf(egress: EgressDays, holder: HTMLElement): echarts.EChartsCoreOption {
  const style = getComputedStyle(holder);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const text = { color: colour('--soft'), fontFamily: style.fontFamily, fontSize: 12 };
  /** Bars thinner than this turn into a comb when there are gaps between them. */
  const tight = holder.clientWidth / egress.days.length < 5;
  return {
    animation: false,
    grid: PLOT,
    xAxis: {
      type: 'category',
      data: egress.days,
      axisLine: { lineStyle: { color: colour('--strong-line') } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true, showMinLabel: true },
    },
    yAxis: [
      {
        type: 'value',
        splitNumber: 4,
        axisLabel: { ...text, formatter: axisBytes },
        splitLine: { lineStyle: { color: colour('--line') } },
      },
      { type: 'value', min: 0, max: 1, inverse: true, show: false },
    ],
    series: [
      {
        name: 'unwatched',
        type: 'bar',
        yAxisIndex: 1,
        data: egress.unwatched,
        barWidth: '100%',
        barGap: '-100%',
        silent: true,
        z: 1,
        itemStyle: { color: { image: hatch(colour('--hatch')), repeat: 'repeat' } },
      },
      ...egress.paths.map((path, index) => ({
        name: path.name,
        type: 'bar',
        stack: 'egress',
        barMaxWidth: 72,
        data: path.bytes.map(Number),
        barWidth: tight ? '100%' : '84%',
        silent: true,
        z: 2,
        itemStyle: { color: colour(`--path-${index + 1}`) },
      })),
    ],
  };
}

/** Returns a tick's label: whole and short, because ticks are round numbers. */
function axisBytes(bytes: number): string {
  return bytes === 0
    ? '0'
    : formatBytes(BigInt(Math.round(bytes))).replace(/\.0+(?=\D)|(\.\d*[1-9])0+(?=\D)/, '$1');
}

/** Returns a tile of diagonal lines. */
function hatch(colour: string): HTMLCanvasElement {
  const scale = window.devicePixelRatio || 1;
  const tile = document.createElement('canvas');
  tile.width = HATCH_STEP * Math.round(scale);
  tile.height = tile.width;
  const context = tile.getContext('2d');
  if (context) {
    context.strokeStyle = colour;
    context.lineWidth = scale;
    const size = tile.width;
    for (const shift of [-size, 0, size]) {
      context.moveTo(shift, size);
      context.lineTo(shift + size, 0);
    }
    context.stroke();
  }
  return tile;
}
