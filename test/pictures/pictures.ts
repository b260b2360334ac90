import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { record, tell } from '../bench/report.ts'
import { checkout } from './checkout.ts'
import { recordAnswers } from './record-answers.ts'

const help = `Usage: npm run dashboards:pictures -- [options]

runs every service under simulated traffic, asks what each panel of each dashboard asks of a
real Prometheus, and draws the answers in Chromium with Grafana's own components

Options:
  --minutes <n>     how long it is watched (default: 4)
  --out <folder>    where the pictures go (default: docs/dashboards)
  --keep <file>     write what Prometheus answered there too
  --answers <file>  draw what was kept, and run nothing
  --browser <file>  Chromium (default: /usr/bin/chromium)
  --help            this text

Needs Java 17, Maven, Prometheus and Alertmanager, as the tests do, and Chromium
(apt-get install chromium). What draws has dependencies of its own:
npm ci --ignore-scripts --prefix test/pictures/page
Ends with 1 where a panel shows nothing, a text does not fit, or the browser complains.
`
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
  if (typeof flags === 'number') return flags
  const missing = whatIsMissing(flags.browser)
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`)
    return 2
  }
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-pictures-'))
  try {
    const kept = placeOf(flags.answers ?? flags.keep ?? join(folder, 'answers.json'))
    if (flags.answers === undefined) writeFileSync(kept, JSON.stringify(await recordAnswers(Number(flags.minutes))))
    tell('Drawing\n')
    return told(draw(kept, placeOf(flags.out), flags.browser))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @returns an exit code where there is nothing to do */
function flagsOf() {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '4' },
        out: { type: 'string', default: join(checkout, 'docs', 'dashboards') },
        keep: { type: 'string' },
        answers: { type: 'string' },
        browser: { type: 'string', default: '/usr/bin/chromium' },
        help: { type: 'boolean', default: false },
      },
    })
    if (!(Number(values.minutes) > 0))
      throw new Error(`Cannot watch for "${values.minutes}" minutes: give a number over 0`)
    if (!values.help) return values
    process.stdout.write(help)
    return 0
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`)
    return 2
  }
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
