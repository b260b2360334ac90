import { tell } from '../bench/report.ts'
import { type Answers, askPanels } from './ask-panels.ts'
import { Traffic } from './traffic.ts'
import { WatchedServices } from './watched-services.ts'

/** A detector is killed at this share of the time, and comes back some seconds later: so that there is something to see. */
const killAt = 0.55
const awayMs = 20_000
/** Of the past's catching up, which is not part of the picture. */
const settleMs = 20_000

/** Runs every service under simulated traffic for some minutes, and asks what each panel asks. */
export async function recordAnswers(minutes: number): Promise<Answers> {
  tell('Starting broker, registry, services, Prometheus and Alertmanager\n')
  const services = await WatchedServices.start()
  try {
    const traffic = new Traffic(services, Date.now())
    await traffic.past(progress('Sending a day of the past'))
    await traffic.present(settleMs, progress('Letting the services catch up'))
    const fromMs = Date.now()
    const forMs = minutes * 60_000
    const killing = killOne(services, forMs)
    await traffic.present(forMs, progress(`Watching for ${minutes} minutes`))
    await killing
    return await askPanels(services.prometheus, fromMs, Date.now())
  } finally {
    await services.close()
  }
}

async function killOne(services: WatchedServices, forMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, killAt * forMs))
  await services.kill('detector-2')
  await new Promise((resolve) => setTimeout(resolve, awayMs))
  await services.begin('detector-2')
}

/** Says how far a step is: over itself on a terminal, else at each tenth. */
function progress(what: string): (share: number) => void {
  let told = -1
  return (share) => {
    const tenths = Math.min(10, Math.floor(share * 10))
    if (tenths === told) return
    told = tenths
    tell(
      process.stdout.isTTY ? `\r${what}: ${tenths * 10} %${tenths === 10 ? '\n' : ''}` : `${what}: ${tenths * 10} %\n`,
    )
  }
}
