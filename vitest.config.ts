import { defineConfig } from 'vitest/config'

// Tests run on the sources: the "source" condition of each package's exports needs no build.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['{schemas,models,runtime,services,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 60_000,
    reporters: ['default', './test/reporter.ts'],
    maxWorkers: 2,
  },
})
