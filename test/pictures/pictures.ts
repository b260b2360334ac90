import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { record, tell } from '../bench/report.ts'
import { developerCommand, wholeNumber } from '../developer-command.ts'
import { checkout } from './checkout.ts'
import { recordAnswers } from './record-answers.ts'

const summary = `Runs every service under simulated traffic, asks what each panel of each dashboard asks of a
real Prometheus, and draws the answers in Chromium with Grafana's own components`
const needs = `
Needs Java 17, Maven, Prometheus and Alertmanager, as the tests do, and Chromium
(apt-get install chromium). What draws has dependencies of its own:
npm ci --ignore-scripts --prefix test/pictures/page
Ends with 1 where a panel shows nothing, a text does not fit, or the browser complains.`
const page = join(checkout, 'test', 'pictures', 'page')

/** How a panel came out, as the page says. */
interface Report {
  readonly drawn: readonly {
    readonly dashboard: string
    readonly panel: string
    readonly values: number
    readonly cut: readonly string[]
  }[]
  readonly complaints: readonly string[]
}

process.exitCode = await main()

async function main(): Promise<number> {
  const flags = flagsOf()
  const missing = whatIsMissing(flags.browser)
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`)
    return 2
  }
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-pictures-'))
  try {
    const kept = placeOf(flags.answers ?? flags.keep ?? join(folder, 'answers.json'))
    if (flags.answers === undefined) writeFileSync(kept, JSON.stringify(await recordAnswers(flags.minutes)))
    tell('Drawing\n')
    return told(draw(kept, placeOf(flags.out), flags.browser))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function flagsOf() {
  return developerCommand('dashboards:pictures', summary)
    .option('--minutes <n>', 'how long it is watched', wholeNumber(1), 4)
    .option('--out <folder>', 'where the pictures go', join(checkout, 'docs', 'dashboards'))
    .option('--keep <file>', 'write what Prometheus answered there too')
    .option('--answers <file>', 'draw what was kept, and run nothing')
    .option('--browser <file>', 'Chromium', '/usr/bin/chromium')
    .addHelpText('after', needs)
    .parse()
    .opts<{ minutes: number; out: string; keep?: string; answers?: string; browser: string }>()
}

/** Before minutes are spent on what cannot be drawn. */
function whatIsMissing(browser: string): string | undefined {
  if (!existsSync(browser))
    return `There is no Chromium at ${browser}: apt-get install chromium, or name one with --browser`
  if (!existsSync(join(page, 'node_modules')))
    return 'What draws is not installed: npm ci --ignore-scripts --prefix test/pictures/page (about 500 packages, all in that folder)'
  return undefined
}

/** As it is meant where npm was called, which runs this in another folder. */
function placeOf(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', path)
}

function draw(answers: string, out: string, browser: string): Report {
  const report = join(out, 'report.json')
  const args = ['--dashboards', join(checkout, 'dashboards'), '--answers', answers, '--out', out, '--browser', browser]
  const { status } = spawnSync('npm', ['run', '--silent', 'draw', '--', ...args, '--report', report], {
    cwd: page,
    stdio: ['ignore', process.stderr, process.stderr],
  })
  if (status !== 0) throw new Error('The dashboards could not be drawn; what the browser said is above')
  try {
    return JSON.parse(readFileSync(report, 'utf8')) as Report
  } finally {
    rmSync(report)
  }
}

/** Says what a look at the pictures should find. @returns the exit code */
function told({ drawn, complaints }: Report): number {
  const faults = [
    ...drawn
      .filter(({ values }) => values === 0)
      .map(({ dashboard, panel }) => `${dashboard} › ${panel}: shows nothing`),
    ...drawn.flatMap(({ dashboard, panel, cut }) =>
      cut.map((text) => `${dashboard} › ${panel}: "${text}" does not fit`),
    ),
    ...complaints.map((complaint) => `the browser says: ${complaint}`),
  ]
  record({ pictures: 'dashboards', panels: drawn.length, faults })
  tell(`${[`${drawn.length} panels drawn`, ...faults].join('\n')}\n`)
  return faults.length === 0 ? 0 : 1
}
