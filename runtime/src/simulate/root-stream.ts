import { actionNamed } from './action-catalogue.ts'
import { dayMs, hourMs, localMidnightMs } from './calendar.ts'
import { rootIdentity } from './credential.ts'
import type { Random } from './random.ts'
import { agentText, createAgent } from './user-agents.ts'
import type { World } from './world.ts'
import { type SimulatedEvent, writeCall, writeSignIn } from './write-record.ts'

/** Days between two uses of the root user, on average: an invoice, a support plan. */
const meanDays = 60

/** The root user of the first account: hardly ever, from the office, with a second factor. */
export function* rootStream(world: World, random: Random): Generator<SimulatedEvent> {
  const { accounts, teams } = world.population
  const account = accounts[0]!
  const team = teams[0]!
  const agent = createAgent('browser', random)
  for (let day = random.exponential(meanDays); day < world.days; day += 1 + random.exponential(meanDays)) {
    const wholeDay = Math.floor(day)
    let nowMs = localMidnightMs(team.zone, world.firstDay + wholeDay) + random.range(9, 17) * hourMs
    const session = {
      identity: rootIdentity(account.id, nowMs, true, random),
      address: team.officeAddresses[0]!,
      agent: agentText(agent, Math.floor(nowMs / dayMs) - world.firstDay),
      region: team.region,
      accountId: account.id,
      fromConsole: true,
    }
    yield writeSignIn(session, true, true, nowMs, random)
    for (const name of [
      'organizations:DescribeOrganization',
      'ce:GetCostAndUsage',
      'support:DescribeCases',
      'iam:GetAccountSummary',
    ]) {
      nowMs += random.logNormal(20_000, 0.8)
      yield writeCall(session, actionNamed(name), '', nowMs, random)
    }
  }
}
