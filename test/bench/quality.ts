import type { ScoringModel } from '@ostiary/models'
import { defaultCacheFolder, loadArtefact, loadTables, resolveConfig, starterArtefactFolder } from '@ostiary/runtime'
import type { AccessEvent } from '@ostiary/schemas'
import { developerCommand } from '../developer-command.ts'
import { chooseWeight, totalsOf, type WeightResult } from './choose-weight.ts'
import { dataFile } from './data-folder.ts'
import { type Evaluation, evaluate } from './evaluate.ts'
import { type LabelledTrace, readLabelledTrace, scoredFromOf } from './labelled-trace.ts'
import { machineFacts } from './machine-facts.ts'
import { type DetectorResult, gainOf, hardNegativesTable, qualityRow, qualityTitles, totalOf } from './quality-rows.ts'
import { type PageRate, pageRateOf, type ReliabilityRow, reliabilityOf } from './reliability.ts'
import { record, tell, textTable } from './report.ts'
import { readEvents, scoreEvents, trainBefore } from './score-trace.ts'

/** Weights of the autoencoder that are tried, to see whether it earns one. */
const weightsTried = [0, 0.25, 0.5, 1] as const

const wanted = developerCommand('bench:quality', 'Tells which attacks of labelled traces are shown, and at what cost')
  .option('--traces <list>', 'which traces, with commas between', 'dev21,dev22,dev23,dev24')
  .parse()
  .opts<{ traces: string }>()
const config = resolveConfig()
const tables = await loadTables({ cacheFolder: defaultCacheFolder(process.env) })
const starter = await loadArtefact(starterArtefactFolder())
const shown: DetectorResult[] = []
const weights: WeightResult[] = []
const traces: string[] = []
const reliabilities: ReliabilityRow[][] = []
const pageRates: PageRate[] = []
for (const trace of wanted.traces.split(',')) {
  const path = dataFile(`composed/${trace}.ndjson.gz`)
  if (path === undefined) continue
  traces.push(trace)
  await measure(trace, path)
}
if (traces.length > 0) summarise()
else process.exitCode = 1

/** Trains on a trace's unscored days and scores all of it, with each detector in turn. */
async function measure(trace: string, path: string): Promise<void> {
  const startedMs = performance.now()
  const events = await readEvents(path, config, tables)
  const trained = await trainBefore(events, Date.parse(scoredFromOf(path)), config)
  const trainedMs = performance.now()
  // The truth is read only now: nothing that trains or scores is ever given it.
  const truth = await readLabelledTrace(path)
  const run = async (model: ScoringModel): Promise<Evaluation> => {
    const scores = await scoreEvents(events, model, config, tables)
    if (model === trained) keepsItsWord(events, scores, truth, trained)
    return evaluate(truth, (id) => scores.get(id))
  }
  const attacks = [...truth.attacks.keys()]
  const shipped = trained.autoencoderWeight
  for (const weight of new Set([shipped, ...weightsTried])) {
    const evaluation = await run(weight === shipped ? trained : { ...trained, autoencoderWeight: weight })
    const [foundAt10, foundAt50] = [evaluation.budgets[10].found.length, evaluation.budgets[50].found.length]
    if (weightsTried.some((tried) => tried === weight)) weights.push({ trace, weight, foundAt10, foundAt50 })
    record({ bench: 'quality', trace, detector: 'trained', autoencoderWeight: weight, ...evaluation })
    if (weight === shipped) shown.push({ trace, detector: 'trained', evaluation, attacks })
    if (weight === 0) shown.push({ trace, detector: 'without', evaluation, attacks })
  }
  const evaluation = await run(starter)
  record({ bench: 'quality', trace, detector: 'starter', autoencoderWeight: starter.autoencoderWeight, ...evaluation })
  shown.push({ trace, detector: 'starter', evaluation, attacks })
  const seconds = [trainedMs - startedMs, performance.now() - trainedMs].map((ms) => Math.round(ms / 1000))
  tell(`${trace}: ${events.length} events; read and trained in ${seconds[0]} s, scored in ${seconds[1]} s\n`)
}

/** Whether bits and pages a day are what the model said, on the days it was not trained on and without the attacks. */
function keepsItsWord(
  events: readonly AccessEvent[],
  scores: ReadonlyMap<string, number>,
  truth: LabelledTrace,
  model: ScoringModel,
): void {
  const benign = new Set(truth.events.filter((event) => event.attack === '').map((event) => event.id))
  const later = events.filter((event) => benign.has(event.event_uid))
  reliabilities.push(reliabilityOf(later.map((event) => scores.get(event.event_uid) ?? 0)))
  const { alertsPerDay } = config
  pageRates.push(pageRateOf(later, (id) => scores.get(id), model.pageBits(alertsPerDay), alertsPerDay))
}

/** Error of the bits by trace, and cases a day that reach the paging threshold. */
function tellReliability(): void {
  const bits = Array.from({ length: Math.max(...reliabilities.map((rows) => rows.length)) }, (_, at) => at)
  const rows = reliabilities.map((found, at) => [
    traces[at]!,
    ...bits.map((index) => found[index]?.errorBits.toFixed(2) ?? ''),
    pageRates[at]!.perDay.toFixed(1),
  ])
  tell(
    '\nBits against what came, log2 of observed over expected by whole bits, and cases a day over the paging threshold ',
  )
  tell(
    `(budget ${config.alertsPerDay})\n${textTable([['trained', ...bits.map((bit) => `${bit + 1}`), 'pages'], ...rows])}`,
  )
  for (const [at, trace] of traces.entries())
    record({ bench: 'quality-reliability', trace, rows: reliabilities[at], pages: pageRates[at] })
}

function summarise(): void {
  const detectors = ['trained', 'without', 'starter'] as const
  const totals = detectors.map((detector) => totalOf(shown, detector))
  const rows = detectors.flatMap((detector, index) => [
    ...shown.filter((one) => one.detector === detector).map(qualityRow),
    totals[index]!.row,
  ])
  tell(`\nAttacks found at 5, 10 and 50 alerts a day per 1,000 identities, with 90 % intervals\n`)
  tell(textTable([qualityTitles, ...rows]))
  tell(`\nFalse alerts at 10 a day per 1,000 identities\n`)
  tell(textTable(hardNegativesTable(shown)))
  const gain = gainOf(shown, 'trained', 'without')
  tell(`\nWhat the autoencoder adds, paired over attacks: @10 ${gain.at10.text}, @50 ${gain.at50.text}\n`)
  for (const { record: total } of totals) record({ bench: 'quality', traces, ...total })
  record({ bench: 'quality-gain', traces, at10: gain.at10, at50: gain.at50 })
  tellReliability()
  tellChoices()
  const machine = machineFacts()
  record({ bench: 'machine', ...machine })
  tell(`\n${JSON.stringify(machine)}\n`)
}

/** Chooses the weight on one half of the traces and reports it on the other, both ways round. */
function tellChoices(): void {
  const byWeight = weightsTried.map((weight) => ({ weight, ...totalsOf(weights, traces, weight) }))
  const cells = byWeight.map((one) => [`${one.weight}`, `${one.foundAt10}`, `${one.foundAt50}`])
  tell(`\nBy weight of the autoencoder, all traces\n${textTable([['weight', '@10', '@50'], ...cells])}`)
  if (traces.length < 2) {
    tell('SKIPPED: choosing a weight on some traces and reporting it on others needs two traces at least\n')
    return
  }
  const middle = Math.floor(traces.length / 2)
  const [first, second] = [traces.slice(0, middle), traces.slice(middle)]
  for (const [chosenOn, reportedOn] of [
    [first, second],
    [second, first],
  ] as const) {
    const choice = chooseWeight(weights, chosenOn, reportedOn)
    const { chosen, without } = choice
    record({ bench: 'quality-choice', ...choice })
    tell(
      `weight ${choice.weight}, chosen on ${chosenOn.join(' and ')}; on ${reportedOn.join(' and ')} it finds ` +
        `@10 ${chosen.foundAt10} (without ${without.foundAt10}), @50 ${chosen.foundAt50} (without ${without.foundAt50})\n`,
    )
  }
}
