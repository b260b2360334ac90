import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { chromium, type Page } from 'playwright-core'
import UPNG from 'upng-js'
import type { Answers, DrawnPanel, GrafanaDashboard } from './grafana-dashboard.ts'

// npm run draw -- --dashboards FOLDER --answers FILE --out FOLDER --report FILE --browser FILE

const widthPx = 1600
const settleMs = 1500
/** Enough for flat areas and text; it makes a picture a third as large. */
const coloursMax = 256
const origin = 'http://dashboards.invalid'
const own = fileURLToPath(new URL('..', import.meta.url))
/** Where files lie that Grafana's server would give out. */
const served: readonly (readonly [path: RegExp, folder: string])[] = [
  [/^.*\/img\/icons\/(.*\.svg)$/, 'node_modules/@grafana/ui/dist/public/img/icons/$1'],
  [/^.*\/Inter-Regular.woff2$/, 'node_modules/@fontsource/inter/files/inter-latin-400-normal.woff2'],
  [/^.*\/Inter-Medium.woff2$/, 'node_modules/@fontsource/inter/files/inter-latin-500-normal.woff2'],
]

const { values: flags } = parseArgs({
  options: {
    dashboards: { type: 'string' },
    answers: { type: 'string' },
    out: { type: 'string' },
    report: { type: 'string' },
    browser: { type: 'string' },
  },
})
const answers = JSON.parse(readFileSync(flags.answers!, 'utf8')) as Answers
mkdirSync(flags.out!, { recursive: true })
const drawn: DrawnPanel[] = []
const complaints: string[] = []
const browser = await chromium.launch({
  executablePath: flags.browser!,
  // Chromium refuses to run in its sandbox as root.
  chromiumSandbox: process.getuid?.() !== 0,
  args: [
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
try {
  const page = await openPage()
  for (const file of readdirSync(flags.dashboards!).filter((name) => name.endsWith('.json'))) {
    const dashboard = JSON.parse(readFileSync(join(flags.dashboards!, file), 'utf8')) as GrafanaDashboard
    await page.evaluate(([one, told]) => window.drawDashboard(one!, told!), [dashboard, answers] as const)
    await page.waitForTimeout(settleMs)
    drawn.push(
      ...(await page.evaluate(([one, told]) => window.drawnPanels(one!, told!), [dashboard, answers] as const)),
    )
    const picture = await page.locator('#root').screenshot()
    writeFileSync(join(flags.out!, file.replace(/json$/, 'png')), smaller(picture))
  }
} finally {
  await browser.close()
}
writeFileSync(flags.report!, JSON.stringify({ drawn, complaints }))

/** An empty page with the program in it; nothing is asked of any network. */
async function openPage(): Promise<Page> {
  const { outputFiles } = await build({
    ...{ entryPoints: [join(own, 'src/page.tsx')], bundle: true, write: false, outdir: 'page', minify: true },
    loader: { '.svg': 'dataurl', '.ttf': 'empty' },
    // The ES modules of this release lack some of their own exports.
    alias: { '@grafana/ui': join(own, 'node_modules/@grafana/ui/dist/cjs/index.cjs') },
    ...{ jsx: 'automatic', define: { 'process.env.NODE_ENV': '"production"' }, logLevel: 'error' },
  })
  const page = await browser.newPage({ viewport: { width: widthPx, height: 1000 } })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await page.route(/^http/, (route) => {
    const path = new URL(route.request().url()).pathname
    if (path === '/') return route.fulfill({ contentType: 'text/html', body: '<!doctype html><div id="root"></div>' })
    const file = served
      .filter(([known]) => known.test(path))
      .map(([known, folder]) => join(own, path.replace(known, folder)))[0]
    if (file !== undefined && existsSync(file)) return route.fulfill({ path: file })
    return route.fulfill({ status: 404, body: '' })
  })
  await page.goto(`${origin}/`)
  for (const { path, text } of outputFiles)
    if (path.endsWith('.css')) await page.addStyleTag({ content: text })
    else await page.addScriptTag({ content: text })
  return page
}

/** The same picture with fewer colours. */
function smaller(png: Buffer): Buffer {
  const { buffer, byteOffset, byteLength } = png
  const picture = UPNG.decode(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer)
  return Buffer.from(UPNG.encode(UPNG.toRGBA8(picture), picture.width, picture.height, coloursMax))
}
