import { defineConfig } from 'vitest/config'

const withKafka = ['test/kafka/**/*.test.ts', '{schemas,models,runtime,services,test}/**/*.kafka.test.ts']
const notOurs = ['**/node_modules/**', '**/dist/**']

// Tests run on the sources: the "source" condition of each package's exports needs no build.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    testTimeout: 150_000,
    reporters: ['default', './test/reporter.ts'],
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['{schemas,models,runtime,services,test}/**/*.test.ts'],
          exclude: [...notOurs, ...withKafka],
        },
      },
      {
        // One file at a time, after all others: they share a broker, and the processors with it.
        extends: true,
        test: {
          name: 'kafka',
          include: withKafka,
          exclude: notOurs,
          globalSetup: 'test/kafka/global-setup.ts',
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
