import type { BitsTable } from '../src/calibration/bits-table.ts'
import type { EpochLoss } from './fit-autoencoder.ts'
import type { Reliability } from './model-evidence.ts'

/** What a model card tells. Nothing in it names a person, a tenant or a resource. */
export interface ModelCardFacts {
  readonly trainedFromMs: number
  readonly trainedUntilMs: number
  readonly events: number
  readonly identities: number
  /** Rows that the autoencoder was trained on, and those kept from it. */
  readonly rows: { readonly trained: number; readonly heldBack: number }
  readonly inputs: readonly { readonly id: string; readonly weight: number }[]
  readonly architecture: {
    /** Widths of all layers, input first. */
    readonly widths: readonly number[]
    readonly activations: readonly string[]
  }
  /** How the network was made: what, and which. */
  readonly making: readonly (readonly [string, string])[]
  readonly history: readonly EpochLoss[]
  readonly autoencoderWeight: number
  readonly calibration: {
    readonly score: BitsTable
    readonly surprise: BitsTable
    readonly autoencoder: BitsTable
  }
  readonly reliability: readonly Reliability[]
  /** Versions of the programs that made it, by name. */
  readonly versions: Readonly<Record<string, string>>
  /** SHA-256 of the artefact's other files, by name. The card's own hash and the id cannot stand in it. */
  readonly hashes: Readonly<Record<string, string>>
}

/** The text of `MODEL_CARD.md`. The same facts give the same bytes. */
export function modelCard(facts: ModelCardFacts): string {
  const sections = [purpose, data, inputs, network, loss, calibration, plots, limits, provenance]
  return `${sections.map((section) => section(facts)).join('\n\n')}\n`
}

function purpose({ autoencoderWeight }: ModelCardFacts): string {
  return `# Model card

## What it is

A model artefact of Ostiary: what is usual in a tenant's cloud access logs, learnt from its past. It holds three things:

- **Census**: how common actions, networks, countries, client programs and other values were in the tenant.
- **Autoencoder**: a small network that sees how surprising an event is by each signal and gives back what usually goes
  together. Where it fails, the combination is unusual. Its calibrated bits, times ${plain(autoencoderWeight)} nats, are added to the rank.
- **Calibration**: how often a score came, so that b bits mean "this or stranger comes once in 2^b events".

## Intended use

To find events that an analyst should look at, in the tenant whose logs it was trained on and from the same sources.

Not intended: to judge a person's work, to refuse access without a person's decision, or for another tenant's logs, whose
usual is not this one.`
}

function data({ trainedFromMs, trainedUntilMs, events, identities, rows }: ModelCardFacts): string {
  return `## Data

${table(
  ['', ''],
  [
    ['first event', time(trainedFromMs)],
    ['last event', time(trainedUntilMs)],
    ['events', plain(events)],
    ['identities', plain(identities)],
    ['rows the autoencoder was trained on', plain(rows.trained)],
    ['rows held back from it', plain(rows.heldBack)],
  ],
)}

The events were taken to be usual: nobody labelled them. The rows are an even sample of the events of identities that
were already known; those of one identity in eight are held back. Rows hold surprises and context, never names, addresses or resources.`
}

function inputs(facts: ModelCardFacts): string {
  const rows = facts.inputs.map(({ id, weight }, index) => [plain(index), `\`${id}\``, plain(weight)])
  return `## Inputs

In order, each in [0, 1]. The weight is how much its error counts; inputs of weight 0 are context.

${table(['#', 'Input', 'Weight'], rows)}`
}

function network({ architecture, making }: ModelCardFacts): string {
  const { widths, activations } = architecture
  return `## Network and training

${table(
  ['', ''],
  [
    ['widths of layers', widths.join(' → ')],
    ['activations', activations.join(', ')],
    ['weights', plain(weightCount(widths))],
    ...making,
  ],
)}

Trained here, the same events, seed and versions on the same backend give the same bytes.`
}

function loss({ history }: ModelCardFacts): string {
  if (history.length === 0)
    return `## Loss

Whoever made the network did not tell.`
  return `## Loss

Weighted mean squared error of restoring spoilt rows, over the rows of each epoch, and over rows held back after it.

${table(
  ['Epoch', 'Loss', 'Held back'],
  history.map((row) => [plain(row.epoch), row.loss.toPrecision(4), row.heldBack?.toPrecision(4) ?? '']),
)}`
}

function calibration({ calibration: tables }: ModelCardFacts): string {
  const kinds = [
    ['score', tables.score, 'nats of the rank with impact'],
    ['surprise', tables.surprise, 'nats of the rank without impact'],
    ['autoencoder', tables.autoencoder, 'reconstruction error'],
  ] as const
  const rows = kinds.flatMap(([kind, { values, bits }]) =>
    bits.flatMap((bit, index) =>
      Number.isInteger(bit) || index === bits.length - 1
        ? [[kind, plain(bit), values[index]!.toPrecision(4), plain(Math.round(Math.exp(bit * Math.LN2)))]]
        : [],
    ),
  )
  const tails = kinds.map(([kind, { samples, tail }, unit]) => [
    kind,
    unit,
    plain(samples),
    tail.scale.toPrecision(4),
    tail.shape.toPrecision(4),
  ])
  return `## Calibration

${table(['Of', 'Bits', 'From value', 'One event in'], rows)}

Beyond the last row a generalised Pareto tail goes on; what it says is extrapolated and marked so.

${table(['Of', 'Value', 'Samples', 'Tail scale', 'Tail shape'], tails)}`
}

function plots({ reliability }: ModelCardFacts): string {
  const rows = reliability.flatMap(({ name, events, points }) => {
    const worst = points.reduce((most, { stated, seen }) => Math.max(most, Math.abs(seen - stated)), 0)
    return points.length === 0 ? [] : [[name, plain(events), plain(points.at(-1)!.stated), worst.toFixed(2)]]
  })
  return `## On data held back

![Loss, errors, scores and reliability](MODEL_CARD.svg)

Left above: loss by epoch. Right above and left below: a network or a calibration that had learnt its data by heart would set
apart what it was trained on from what it was not. Right below: bits of a calibration made of the others, against how often such
scores came on the data held back; on the dotted line, bits keep their promise. The calibration of this model is made of both.

${table(['Held back', 'Events', 'Looked at up to bits', 'Off by at most bits'], rows)}`
}

function limits(_: ModelCardFacts): string {
  return `## Limits

- What went wrong before or during the data's time, and went on, was learnt as usual.
- Bits are measured on the training data. They drift as the tenant changes; a gauge tells how far, and training anew cures it.
- Identities seen for the first time have no past: they are judged by what is usual in the tenant, which says less.
- The autoencoder knows combinations of surprises, not meaning: an attack that looks like daily work stays unseen by it.
- It was not checked for being fair to groups of people. Those who work at odd hours or travel surprise more until they are known.`
}

function provenance({ versions, hashes }: ModelCardFacts): string {
  return `## Versions

${table(['Program', 'Version'], Object.entries(versions))}

## Files

${table(
  ['File', 'SHA-256'],
  Object.entries(hashes).map(([name, hash]) => [name, `\`${hash}\``]),
)}

The id of the artefact is the SHA-256 of its manifest, which names these files and this card.`
}

function weightCount(widths: readonly number[]): number {
  let count = 0
  for (let i = 1; i < widths.length; i++) count += (widths[i - 1]! + 1) * widths[i]!
  return count
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

/** A cell cannot end its row or its column, whatever a version or a file is called. */
function cell(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\|<]/g, (char) => `\\${char}`)
}

function plain(value: number): string {
  return String(value)
}

function time(ms: number): string {
  return new Date(ms).toISOString()
}
