import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedFolder } from './cached-folder.ts'
import { runTool } from './tool.ts'

export const kafkaVersion = '4.2.2'
export const registryVersion = '3.0.9'
const log4jVersion = '2.24.3'

/** A slow line takes minutes for the 150 MB of both. */
const downloadMsMax = 30 * 60_000

/** Newer ones stop at the parent pom of the registry, which its makers did not publish and which is not needed. */
const getPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:get'

/** What the download is asked for with. */
export interface DownloadOptions {
  readonly cacheFolder: string
  readonly env: NodeJS.ProcessEnv
  /** Called where something has to be downloaded at all. */
  readonly onDownload?: () => void
  readonly signal?: AbortSignal | undefined
}

/** The folder with Kafka's jars, fetched from Maven Central (or the mirror of the user's settings) where it is not there yet. */
export function kafkaFolder(options: DownloadOptions): Promise<string> {
  return cachedFolder(join(options.cacheFolder, `kafka-${kafkaVersion}`), async (draft) => {
    options.onDownload?.()
    await writeFile(join(draft, 'pom.xml'), kafkaPom)
    await runMaven(['-f', 'pom.xml', 'dependency:copy-dependencies'], 'download Kafka', draft, options)
    return join(draft, 'libs')
  })
}

/** The folder with the registry's program, fetched where it is not there yet. */
export function registryFolder(options: DownloadOptions): Promise<string> {
  return cachedFolder(join(options.cacheFolder, `apicurio-registry-${registryVersion}`), async (draft) => {
    options.onDownload?.()
    const artifact = `io.apicurio:apicurio-registry-app:${registryVersion}:tar.gz:all`
    await runMaven(
      [getPlugin, '-Dtransitive=false', `-Dartifact=${artifact}`, '-Ddest=registry.tar.gz'],
      'download the schema registry',
      draft,
      options,
    )
    const app = join(draft, 'app')
    await mkdir(app, { mode: 0o700 })
    await runTool('tar', ['-xzf', 'registry.tar.gz', '--no-same-owner', '-C', 'app'], {
      action: 'unpack the schema registry',
      timeoutMs: downloadMsMax,
      cwd: draft,
      signal: options.signal,
    })
    return app
  })
}

async function runMaven(args: string[], action: string, cwd: string, options: DownloadOptions): Promise<void> {
  const quiet = ['--batch-mode', '--quiet', '--no-transfer-progress']
  const { env, signal } = options
  await runTool('mvn', [...quiet, ...args], { action, timeoutMs: downloadMsMax, cwd, env, signal })
}

/** Kafka's log goes through an older slf4j, for which the binding without a 2 in its name is made. */
const kafkaPom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ostiary</groupId>
  <artifactId>local-broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', kafkaVersion)}
    ${dependency('org.apache.logging.log4j', 'log4j-slf4j-impl', log4jVersion)}
    ${dependency('org.apache.logging.log4j', 'log4j-core', log4jVersion)}
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-dependency-plugin</artifactId>
        <version>3.6.1</version>
        <configuration>
          <outputDirectory>\${project.basedir}/libs</outputDirectory>
          <includeScope>runtime</includeScope>
        </configuration>
      </plugin>
    </plugins>
  </build>
</project>
`

function dependency(group: string, artifact: string, version: string): string {
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`
}
