import type { EpochLoss } from './fit-autoencoder.ts'
import { linePlots, type Plot } from './line-plots.ts'
import type { Histogram, ModelEvidence } from './model-evidence.ts'

/**
 * The plots of a model card as one SVG: loss, errors and scores of data trained on and held back, reliability.
 */
export function cardPlots(history: readonly EpochLoss[], { errors, scores, reliability }: ModelEvidence): string {
  const plots: readonly Plot[] = [
    lossPlot(history),
    histogramPlot('Reconstruction error', 'root of the error', errors),
    histogramPlot('Scores', 'nats of the rank with impact', scores),
    {
      title: 'Reliability of bits',
      x: 'bits stated',
      y: 'bits seen on data held back',
      lines: reliability.map(({ name, points }) => ({
        name,
        points: points.map(({ stated, seen }) => [stated, seen]),
      })),
      hasDiagonal: true,
    },
  ]
  return linePlots(plots)
}

function lossPlot(history: readonly EpochLoss[]): Plot {
  const heldBack = history.flatMap((row): [number, number][] =>
    row.heldBack === undefined ? [] : [[row.epoch, row.heldBack]],
  )
  return {
    title: 'Loss',
    x: 'epoch',
    y: 'weighted squared error',
    lines: [
      { name: 'rows trained on', points: history.map(({ epoch, loss }) => [epoch, loss]) },
      ...(heldBack.length === 0 ? [] : [{ name: 'rows held back', points: heldBack }]),
    ],
  }
}

function histogramPlot(title: string, x: string, { from, step, series }: Histogram): Plot {
  return {
    title,
    x,
    y: 'percent of each',
    lines: series.map(({ name, shares }) => ({
      name,
      points: shares.map((share, bin) => [from + (bin + 0.5) * step, 100 * share]),
    })),
  }
}
