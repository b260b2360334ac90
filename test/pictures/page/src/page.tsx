import { createTheme, FieldType, ThemeContext } from '@grafana/data'
import { GlobalStyles, PortalContainer } from '@grafana/ui'
import { createRoot } from 'react-dom/client'
import { Dashboard } from './dashboard.tsx'
import type { Answers, DrawnPanel, GrafanaDashboard } from './grafana-dashboard.ts'
import { framesOf } from './panel-data.ts'

const theme = createTheme({ colors: { mode: 'dark' } })
const root = createRoot(document.getElementById('root')!)

declare global {
  interface Window {
    drawDashboard(dashboard: GrafanaDashboard, answers: Answers): Promise<void>
    drawnPanels(dashboard: GrafanaDashboard, answers: Answers): DrawnPanel[]
  }
}

window.drawDashboard = async (dashboard, answers) => {
  root.render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <PortalContainer />
      <Dashboard key={dashboard.uid} {...{ dashboard, answers, theme, width: window.innerWidth }} />
    </ThemeContext.Provider>,
  )
}

window.drawnPanels = (dashboard, answers) =>
  dashboard.panels
    .filter(({ type }) => type !== 'row')
    .map((panel) => ({
      dashboard: dashboard.title,
      panel: panel.title,
      values: framesOf(dashboard, panel, answers, theme)
        .flatMap(({ fields }) => fields.filter(({ type }) => type === FieldType.number))
        .flatMap(({ values }) => values as (number | null)[])
        .filter((value) => value !== null && Number.isFinite(value)).length,
      cut: cutTexts(document.querySelector(`[data-panel=${JSON.stringify(panel.title)}]`)!),
    }))

/** Texts that do not fit into their place: shown with dots, or beyond an edge. */
function cutTexts(element: Element): string[] {
  const frame = element.getBoundingClientRect()
  return [...element.querySelectorAll('*')]
    .filter((one) => one.childElementCount === 0 && (one.textContent ?? '').trim() !== '')
    .filter((one) => {
      const { left, right, top, bottom } = one.getBoundingClientRect()
      const isOut = left < frame.left - 1 || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1
      return isOut || (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflow !== 'visible')
    })
    .map((one) => one.textContent!.trim())
}
