import type { Random } from './random.ts'

export type AgentFamily = 'browser' | 'cli' | 'boto3' | 'java' | 'go' | 'js' | 'terraform' | 'ssm-agent'

/** A program on a machine, whose owner upgrades it now and then. */
export interface Agent {
  readonly family: AgentFamily
  readonly os: 'linux' | 'macos' | 'windows'
  /** Days between upgrades, and how long before day 0 the last one was. */
  readonly upgradeDays: number
  readonly upgradeOffset: number
  /** How far behind the newest release its owner stays, in releases. */
  readonly lag: number
}

export function createAgent(family: AgentFamily, random: Random): Agent {
  return {
    family,
    os: random.weighted([5, 4, 2]) === 0 ? 'linux' : random.chance(0.7) ? 'macos' : 'windows',
    upgradeDays: family === 'browser' ? random.between(24, 34) : random.between(18, 90),
    upgradeOffset: random.below(60),
    lag: random.below(4),
  }
}

/** The program on a server: Linux, upgraded with its image. */
export function createServerAgent(family: AgentFamily, random: Random): Agent {
  return { ...createAgent(family, random), os: 'linux', upgradeDays: random.between(20, 70) }
}

/** Its user agent on a day (days of the simulation, which may be negative). */
export function agentText(agent: Agent, day: number): string {
  const release = Math.max(0, Math.floor((day + agent.upgradeOffset) / agent.upgradeDays) + 4 - agent.lag)
  const { os } = agent
  switch (agent.family) {
    case 'browser':
      return browserText(agent, release)
    case 'cli':
      return `aws-cli/2.${22 + release}.${(release * 7) % 30} md/awscrt#0.23.${release} ua/2.0 os/${os}${osVersion[os]} md/arch#x86_64 lang/python#3.12.6 md/pyimpl#CPython cfg/retry-mode#standard`
    case 'boto3':
      return `Boto3/1.${35 + release}.${(release * 11) % 90} md/Botocore#1.${35 + release}.${(release * 11) % 90} ua/2.0 os/${os}${osVersion[os]} md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython`
    case 'java':
      return `aws-sdk-java/2.${28 + release}.${(release * 5) % 40} md/io#sync md/http#Apache ua/2.0 os/Linux#5.10 lang/java#17.0.13 md/OpenJDK_64-Bit_Server_VM#17.0.13`
    case 'go':
      return `aws-sdk-go-v2/1.${30 + release}.${(release * 3) % 9} ua/2.1 os/linux lang/go#1.23.${release} md/GOOS#linux md/GOARCH#amd64`
    case 'js':
      return `aws-sdk-js/3.${690 + release * 12}.0 ua/2.1 os/linux#5.10 lang/js md/nodejs#20.18.0`
    case 'terraform':
      return `APN/1.0 HashiCorp/1.0 Terraform/1.${9 + (release >> 2)}.${(release * 3) % 9} (+https://www.terraform.io) terraform-provider-aws/5.${70 + release}.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.32.2 ua/2.1 os/linux lang/go#1.23.1`
    case 'ssm-agent':
      return `aws-sdk-go/1.55.5 (go1.23.${release}; linux; amd64) amazon-ssm-agent/3.3.${900 + release * 40}.0`
  }
}

const osVersion: Readonly<Record<Agent['os'], string>> = { linux: '#6.8', macos: '#24.1.0', windows: '#11' }

const browserPlatform: Readonly<Record<Agent['os'], string>> = {
  linux: 'X11; Linux x86_64',
  macos: 'Macintosh; Intel Mac OS X 10_15_7',
  windows: 'Windows NT 10.0; Win64; x64',
}

function browserText(agent: Agent, release: number): string {
  const platform = browserPlatform[agent.os]
  const version = 130 + release
  return agent.upgradeOffset % 4 === 0
    ? `Mozilla/5.0 (${platform}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`
    : `Mozilla/5.0 (${platform}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`
}
