import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseUserAgent, userAgentLengthMax } from './user-agent.ts'
import { browserRules, familyRules, osRules } from './user-agent-families.ts'

const hashOf = (text: string): string => `h${text.length}`
const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'

const agents: readonly [string, string][] = [
  ['', '|||unknown'],
  ['aws-cli/2.15.59 md/awscrt#0.19.19 ua/2.0 os/macos#22.6.0 lang/python#3.11.11', 'aws-cli|2.15|macos|cli'],
  ['[aws-cli/1.18.136 Python/3.8.5 Darwin/19.5.0 botocore/1.17.59]', 'aws-cli|1.18|macos|cli'],
  ['aws-cli/2.13.5 Python/3.11.4 Linux/6.1.0-kali5-amd64 prompt/off', 'aws-cli|2.13|kali|cli'],
  ['Boto3/1.26.165 Python/3.10.6 Linux/5.19.0-46-generic Botocore/1.29.165', 'boto3|1.26|linux|sdk'],
  ['Botocore/1.29.165 Python/3.10.6 Windows/10', 'botocore|1.29|windows|sdk'],
  ['aws-sdk-go-v2/1.18.0 os/linux lang/go/1.19.8 md/GOOS/linux', 'aws-sdk-go-v2|1.18|linux|sdk'],
  ['aws-sdk-go/1.44.157 (go1.19.3; linux; amd64)', 'aws-sdk-go|1.44|linux|sdk'],
  ['aws-sdk-java/1.12.488 Linux/5.10 OpenJDK_64-Bit_Server_VM/25.372-b08', 'aws-sdk-java|1.12|linux|sdk'],
  ['aws-sdk-nodejs/2.1000.0 linux/v18.0.0 callback', 'aws-sdk-js|2.1000|linux|sdk'],
  ['aws-sdk-rust/1.2.3 os/linux lang/rust/1.74.0', 'aws-sdk-rust|1.2|linux|sdk'],
  ['aws-sdk-php/3.2.1 OS/Linux', 'aws-sdk-php|3.2|linux|sdk'],
  ['aws-sdk-ruby3/3.180.3 ruby/3.2.2', 'aws-sdk-ruby|3|' + '|sdk'],
  [
    'APN/1.0 HashiCorp/1.0 Terraform/1.5.7 (+https://www.terraform.io) terraform-provider-aws/5.1.0 aws-sdk-go/1.44.1',
    'terraform|1.5||iac',
  ],
  ['OpenTofu/1.6.0 (+https://opentofu.org) aws-sdk-go-v2/1.18.0 os/linux', 'opentofu|1.6|linux|iac'],
  ['aws-sdk-go-v2/1.30.1 pulumi-aws/6.0 os/linux', 'pulumi||linux|iac'],
  ['cloudformation.amazonaws.com', 'service:cloudformation|||service'],
  ['console.ec2.amazonaws.com', 'aws-console|||console'],
  ['signin.amazonaws.com', 'aws-console|||console'],
  ['[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488 Linux/5.10.184]', 'aws-console|0.4|linux|console'],
  ['AWS Internal', 'aws-internal|||service'],
  ['aws-internal/3 aws-sdk-java/1.12.124 Linux/4.9', 'aws-internal|3|linux|service'],
  ['AZURECLI/2.40.0 (DEB) azsdk-python-azure-mgmt-resource/21.1.0 Python/3.10', 'azure-cli|2.40||cli'],
  ['AzurePowershell/v10.0.0 PSVersion/v7.3.4', 'azure-powershell|10.0||cli'],
  ['azsdk-go-armcompute/v5.0.0 (go1.21; linux)', 'azure-sdk-go||linux|sdk'],
  ['Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041', 'powershell|5.1|windows|cli'],
  ['google-cloud-sdk gcloud/548.0.0 command/gcloud.storage.cp', 'gcloud|548.0||cli'],
  ['google-api-go-client/0.5 Terraform/1.5.0 terraform-provider-google/4.80.0', 'terraform|1.5||iac'],
  ['google-api-go-client/0.5,gzip(gfe)', 'google-api-go|0.5||sdk'],
  ['(gzip),gzip(gfe)', 'none|||unknown'],
  ['kubectl/v1.28.2 (darwin/amd64) kubernetes/89a4ea3', 'kubectl|1.28|macos|cli'],
  ['curl/8.4.0', 'curl|8.4||cli'],
  ['python-requests/2.31.0', 'python-requests|2.31||sdk'],
  ['Go-http-client/2.0', 'go-http-client|2.0||sdk'],
  ['okhttp/4.9.3', 'okhttp|4.9||sdk'],
  ['PostmanRuntime/7.35.0', 'postman|7.35||other'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${chrome}`, 'chrome|131|macos|browser'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Edg/131.0.0.0,gzip(gfe)`, 'edge|131|windows|browser'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0', 'firefox|102|linux|browser'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605 (KHTML) Version/17.1 Safari/604.1',
    'safari|17|ios|browser',
  ],
  ['Mozilla/5.0', 'browser|||browser'],
]

describe('parseUserAgent', () => {
  it.each(agents)('%s', (userAgent, expected) => {
    const { family, version, os, kind } = parseUserAgent(userAgent, hashOf)
    expect(`${family}|${version}|${os}|${kind}`).toBe(expected)
  })

  it('keeps words of closed lists and digits only, whatever it is given', () => {
    const families = new Set([...familyRules, ...browserRules].map((rule) => rule.family).concat('', 'none', 'browser'))
    const systems = new Set(osRules.map((rule) => rule.os).concat(''))
    const words = fc.constantFrom(...familyRules.flatMap((rule) => rule.tokens), 'Mozilla/5.0 ', '.amazonaws.com', '9')
    const text = fc.array(fc.oneof(words, fc.string())).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (userAgent) => {
        const { family, version, os } = parseUserAgent(userAgent, () => 'f00d')
        expect(families.has(family) || family === 'other:f00d' || /^service:[a-z0-9-]+$/.test(family)).toBe(true)
        expect(version).toMatch(/^(?:\d{1,5}(?:\.\d{1,5})?)?$/)
        expect(systems.has(os)).toBe(true)
      }),
    )
  })

  it('hashes what it does not know, the same for versions of one program', () => {
    const seen: string[] = []
    const hash = (text: string): string => {
      seen.push(text)
      return 'f00d'
    }
    expect(parseUserAgent('internal-tool-of-ada/1.2.3', hash)).toMatchObject({ family: 'other:f00d', kind: 'other' })
    parseUserAgent('internal-tool-of-ada/1.10.0', hash)
    expect(seen).toEqual(['internal-tool-of-ada/#.#.#', 'internal-tool-of-ada/#.#.#'])
  })

  it('does not believe a service that AWS does not have', () => {
    expect(parseUserAgent('ada-lovelace.amazonaws.com', () => 'f00d').family).toBe('other:f00d')
  })

  it('looks at a bounded part', () => {
    const padding = 'x'.repeat(userAgentLengthMax)
    expect(parseUserAgent(`${padding} aws-cli/2.0`, () => 'f00d').family).toBe('other:f00d')
  })
})
