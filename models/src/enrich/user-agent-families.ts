import type { UserAgentKind } from '@ostiary/schemas'

/** One program that calls clouds, and how its user agent gives it away. */
export interface FamilyRule {
  /** The family's name: a closed list, so that nothing a caller invents gets through. */
  readonly family: string
  readonly kind: UserAgentKind
  /** Lower-case texts, any of which names the program. */
  readonly tokens: readonly string[]
  /** The text that its version follows, when that is not the token found. */
  readonly versionAfter?: string
}

/**
 * First match holds: what drives a library comes before the library (Terraform before the Go SDK it is built with), and
 * attack tools before everything.
 */
export const familyRules: readonly FamilyRule[] = [
  // Tools made for searching or attacking clouds.
  { family: 'pacu', kind: 'other', tokens: ['pacu/', 'pacu '] },
  { family: 'trufflehog', kind: 'other', tokens: ['trufflehog'] },
  { family: 'cloudfox', kind: 'other', tokens: ['cloudfox'] },
  { family: 'scoutsuite', kind: 'other', tokens: ['scoutsuite', 'scout suite'] },
  { family: 'prowler', kind: 'other', tokens: ['prowler'] },
  { family: 'roadtools', kind: 'other', tokens: ['roadtools', 'roadrecon'] },
  { family: 'azurehound', kind: 'other', tokens: ['azurehound', 'bloodhound'] },
  { family: 'steampipe', kind: 'other', tokens: ['steampipe'] },
  { family: 'cloud-custodian', kind: 'other', tokens: ['cloud-custodian', 'c7n/'] },

  // Infrastructure as code.
  { family: 'opentofu', kind: 'iac', tokens: ['opentofu'] },
  {
    family: 'terraform',
    kind: 'iac',
    tokens: ['terraform/', 'terraform-provider-', 'hashicorp-terraform', 'terraform '],
  },
  { family: 'pulumi', kind: 'iac', tokens: ['pulumi'] },
  { family: 'packer', kind: 'iac', tokens: ['packer/', 'hashicorp-packer'] },
  { family: 'aws-vault', kind: 'cli', tokens: ['aws-vault'] },
  { family: 'vault', kind: 'iac', tokens: ['hashicorp-vault', 'vault/'] },
  { family: 'ansible', kind: 'iac', tokens: ['ansible'] },
  { family: 'crossplane', kind: 'iac', tokens: ['crossplane'] },
  { family: 'aws-cdk', kind: 'iac', tokens: ['aws-cdk', 'cdk-hotswap', 'cdkassets'] },
  { family: 'aws-sam-cli', kind: 'iac', tokens: ['aws-sam-cli'] },
  { family: 'serverless', kind: 'iac', tokens: ['serverless-framework', 'serverless/'] },
  { family: 'eksctl', kind: 'iac', tokens: ['eksctl'] },
  { family: 'helm', kind: 'iac', tokens: ['helm/'] },
  { family: 'argocd', kind: 'iac', tokens: ['argocd'] },
  { family: 'flux', kind: 'iac', tokens: ['kustomize-controller', 'helm-controller', 'fluxcd'] },

  // Consoles.
  { family: 'aws-console', kind: 'console', tokens: ['s3console', 'console.amazonaws.com', 'signin.amazonaws.com'] },
  {
    family: 'aws-console',
    kind: 'console',
    tokens: [' console, aws-internal', 'aws-console'],
    versionAfter: 'console/',
  },
  { family: 'aws-toolkit', kind: 'console', tokens: ['aws-toolkit', 'awstoolkit'] },
  { family: 'aws-console-mobile', kind: 'console', tokens: ['aws console mobile', 'awsconsole/'] },

  // Command lines.
  { family: 'aws-cli', kind: 'cli', tokens: ['aws-cli/'] },
  { family: 'aws-shell', kind: 'cli', tokens: ['aws-shell'] },
  { family: 'aws-powershell', kind: 'cli', tokens: ['awspowershell', 'aws-powershell'] },
  { family: 'azure-cli', kind: 'cli', tokens: ['azurecli/', 'azure-cli', 'az-cli'] },
  { family: 'azure-powershell', kind: 'cli', tokens: ['azurepowershell', 'azpowershell', 'az.accounts'] },
  { family: 'azd', kind: 'cli', tokens: ['azdev/', 'azure dev cli'] },
  { family: 'azcopy', kind: 'cli', tokens: ['azcopy'] },
  { family: 'gcloud', kind: 'cli', tokens: ['gcloud/', 'google-cloud-sdk'], versionAfter: 'gcloud/' },
  { family: 'gsutil', kind: 'cli', tokens: ['gsutil/'] },
  { family: 'bq', kind: 'cli', tokens: ['bigquery-cli', 'bq/'] },
  { family: 'kubectl', kind: 'cli', tokens: ['kubectl'] },
  { family: 'k9s', kind: 'cli', tokens: ['k9s'] },
  { family: 'lens', kind: 'cli', tokens: ['lens/', 'openlens'] },
  { family: 's3cmd', kind: 'cli', tokens: ['s3cmd'] },
  { family: 'rclone', kind: 'cli', tokens: ['rclone'] },
  { family: 's5cmd', kind: 'cli', tokens: ['s5cmd'] },
  { family: 'cyberduck', kind: 'other', tokens: ['cyberduck'] },
  { family: 's3-browser', kind: 'other', tokens: ['s3 browser', 's3browser'] },
  { family: 'winscp', kind: 'other', tokens: ['winscp'] },
  { family: 'powershell', kind: 'cli', tokens: ['windowspowershell', 'powershell/', 'powershell'] },

  // Agents of the clouds and of others. AWS's own services call with their SDKs and say so first.
  { family: 'aws-internal', kind: 'service', tokens: ['aws internal', 'aws-internal'] },
  { family: 'amazon-ssm-agent', kind: 'service', tokens: ['amazon-ssm-agent'] },
  { family: 'cloudwatch-agent', kind: 'service', tokens: ['cwagent', 'amazon-cloudwatch-agent'] },
  { family: 'fluent-bit', kind: 'service', tokens: ['fluent-bit', 'fluentbit'] },
  { family: 'karpenter', kind: 'service', tokens: ['karpenter'] },
  { family: 'cluster-autoscaler', kind: 'service', tokens: ['cluster-autoscaler'] },
  {
    family: 'aws-load-balancer-controller',
    kind: 'service',
    tokens: ['elbv2.k8s.aws', 'aws-load-balancer-controller'],
  },
  { family: 'external-dns', kind: 'service', tokens: ['external-dns', 'externaldns'] },
  { family: 'cert-manager', kind: 'service', tokens: ['cert-manager'] },
  { family: 'datadog', kind: 'service', tokens: ['datadog'] },
  { family: 'newrelic', kind: 'service', tokens: ['newrelic', 'new relic'] },
  { family: 'grafana', kind: 'service', tokens: ['grafana'] },
  { family: 'prometheus', kind: 'service', tokens: ['prometheus'] },
  { family: 'elastic-agent', kind: 'service', tokens: ['filebeat', 'elastic-agent'] },
  { family: 'hadoop', kind: 'sdk', tokens: ['hadoop', 's3a/'] },
  { family: 'spark', kind: 'sdk', tokens: ['apache-spark', 'spark/'] },

  // Software development kits.
  { family: 'boto3', kind: 'sdk', tokens: ['boto3/'] },
  { family: 'botocore', kind: 'sdk', tokens: ['botocore'] },
  { family: 'boto', kind: 'sdk', tokens: ['boto/'] },
  { family: 'aws-sdk-go-v2', kind: 'sdk', tokens: ['aws-sdk-go-v2'] },
  { family: 'aws-sdk-go', kind: 'sdk', tokens: ['aws-sdk-go'] },
  { family: 'aws-sdk-java', kind: 'sdk', tokens: ['aws-sdk-java'] },
  { family: 'aws-sdk-kotlin', kind: 'sdk', tokens: ['aws-sdk-kotlin'] },
  { family: 'aws-sdk-js', kind: 'sdk', tokens: ['aws-sdk-js', 'aws-sdk-nodejs', 'aws-sdk-react-native'] },
  { family: 'aws-sdk-rust', kind: 'sdk', tokens: ['aws-sdk-rust', 'rusoto'] },
  { family: 'aws-sdk-php', kind: 'sdk', tokens: ['aws-sdk-php'] },
  { family: 'aws-sdk-ruby', kind: 'sdk', tokens: ['aws-sdk-ruby'] },
  { family: 'aws-sdk-dotnet', kind: 'sdk', tokens: ['aws-sdk-dotnet', 'aws-sdk-net'] },
  { family: 'aws-sdk-cpp', kind: 'sdk', tokens: ['aws-sdk-cpp'] },
  { family: 'aws-sdk-swift', kind: 'sdk', tokens: ['aws-sdk-swift', 'aws-sdk-ios'] },
  {
    family: 'azure-sdk-python',
    kind: 'sdk',
    tokens: ['azsdk-python', 'azure-sdk-for-python', 'azure-identity-python'],
  },
  { family: 'azure-sdk-go', kind: 'sdk', tokens: ['azsdk-go', 'azure-sdk-for-go'] },
  { family: 'azure-sdk-js', kind: 'sdk', tokens: ['azsdk-js', 'azure-sdk-for-js', 'azure-sdk-for-node'] },
  { family: 'azure-sdk-java', kind: 'sdk', tokens: ['azsdk-java', 'azure-sdk-for-java'] },
  { family: 'azure-sdk-net', kind: 'sdk', tokens: ['azsdk-net', 'azure-sdk-for-net', 'fxversion/'] },
  { family: 'msal', kind: 'sdk', tokens: ['msal.', 'msal/', 'msalruntime', 'xms-msal', 'x-client-sku'] },
  { family: 'adal', kind: 'sdk', tokens: ['adal/', 'adal.'] },
  {
    family: 'microsoft-graph-sdk',
    kind: 'sdk',
    tokens: ['graph-dotnet', 'graph-java', 'graph-js', 'graph-python', 'graph-go'],
  },
  { family: 'google-api-go', kind: 'sdk', tokens: ['google-api-go-client', 'gl-go/'] },
  {
    family: 'google-api-python',
    kind: 'sdk',
    tokens: ['google-api-python-client', 'gl-python/', 'gcloud-python', 'python-httplib2'],
  },
  { family: 'google-api-java', kind: 'sdk', tokens: ['google-api-java-client', 'gl-java/', 'gcloud-java'] },
  { family: 'google-api-node', kind: 'sdk', tokens: ['google-api-nodejs-client', 'gl-node/', 'gcloud-node'] },
  { family: 'google-api-dotnet', kind: 'sdk', tokens: ['google-api-dotnet-client', 'gl-dotnet/'] },
  { family: 'google-api-php', kind: 'sdk', tokens: ['google-api-php-client', 'gl-php/', 'gcloud-php'] },
  { family: 'google-api-ruby', kind: 'sdk', tokens: ['google-api-ruby-client', 'gl-ruby/', 'gcloud-ruby'] },
  { family: 'grpc', kind: 'sdk', tokens: ['grpc-'] },
  { family: 'minio', kind: 'sdk', tokens: ['minio'] },

  // Microsoft's desktop and mobile programs, and the sign-in flows of old protocols.
  { family: 'microsoft-teams', kind: 'other', tokens: ['teams/', 'microsoft teams'] },
  { family: 'microsoft-outlook', kind: 'other', tokens: ['outlook'] },
  { family: 'microsoft-onedrive', kind: 'other', tokens: ['onedrive', 'skydrivesync'] },
  { family: 'microsoft-office', kind: 'other', tokens: ['microsoft office', 'ms-office', 'office/'] },
  { family: 'legacy-authentication', kind: 'other', tokens: ['bav2ropc', 'cbainprod', 'cbainmta', 'viaclient'] },

  // Plain HTTP clients.
  { family: 'postman', kind: 'other', tokens: ['postmanruntime', 'postman'] },
  { family: 'insomnia', kind: 'other', tokens: ['insomnia/'] },
  { family: 'curl', kind: 'cli', tokens: ['curl/'] },
  { family: 'wget', kind: 'cli', tokens: ['wget/'] },
  { family: 'python-requests', kind: 'sdk', tokens: ['python-requests'] },
  { family: 'python-httpx', kind: 'sdk', tokens: ['python-httpx', 'httpx/'] },
  { family: 'python-aiohttp', kind: 'sdk', tokens: ['aiohttp'] },
  { family: 'python-urllib', kind: 'sdk', tokens: ['python-urllib', 'python/'] },
  { family: 'axios', kind: 'sdk', tokens: ['axios/'] },
  { family: 'node', kind: 'sdk', tokens: ['node-fetch', 'undici', 'got (', 'node.js'] },
  { family: 'okhttp', kind: 'sdk', tokens: ['okhttp'] },
  { family: 'go-http-client', kind: 'sdk', tokens: ['go-http-client'] },
  { family: 'apache-httpclient', kind: 'sdk', tokens: ['apache-httpclient'] },
  { family: 'java', kind: 'sdk', tokens: ['java-http-client', 'java/', 'jersey/'] },
  { family: 'ruby', kind: 'sdk', tokens: ['faraday', 'ruby'] },
  { family: 'dalvik', kind: 'other', tokens: ['dalvik/'] },
  { family: 'cfnetwork', kind: 'other', tokens: ['cfnetwork/'] },
]

/** Browsers, among user agents that begin as browsers' do; first match holds, for each claims to be its elders. */
export const browserRules: readonly FamilyRule[] = [
  { family: 'powershell', kind: 'cli', tokens: ['windowspowershell', 'powershell/'] },
  { family: 'headless-chrome', kind: 'browser', tokens: ['headlesschrome/'] },
  { family: 'electron', kind: 'browser', tokens: ['electron/'] },
  { family: 'edge', kind: 'browser', tokens: ['edg/', 'edge/', 'edga/', 'edgios/'] },
  { family: 'opera', kind: 'browser', tokens: ['opr/', 'opera/'] },
  { family: 'samsung-browser', kind: 'browser', tokens: ['samsungbrowser/'] },
  { family: 'firefox', kind: 'browser', tokens: ['firefox/', 'fxios/'] },
  { family: 'chrome', kind: 'browser', tokens: ['chrome/', 'crios/', 'chromium/'] },
  { family: 'safari', kind: 'browser', tokens: ['safari/'], versionAfter: 'version/' },
  { family: 'internet-explorer', kind: 'browser', tokens: ['msie ', 'trident/'] },
]

/** Operating systems; first match holds. Distributions made for attacking come before the Linux they are. */
export const osRules: readonly { readonly os: string; readonly tokens: readonly string[] }[] = [
  { os: 'kali', tokens: ['kali'] },
  { os: 'parrot', tokens: ['parrot'] },
  { os: 'pentoo', tokens: ['pentoo'] },
  { os: 'android', tokens: ['android'] },
  { os: 'ios', tokens: ['iphone', 'ipad', 'os/ios'] },
  { os: 'chromeos', tokens: ['; cros ', '(x11; cros'] },
  { os: 'windows', tokens: ['windows'] },
  { os: 'macos', tokens: ['darwin', 'macintosh', 'mac os', 'macos'] },
  { os: 'linux', tokens: ['linux', 'x11;', 'amzn', 'ubuntu'] },
]
