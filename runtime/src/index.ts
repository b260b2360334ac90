export * from './tables/cache-folder.ts'
export * from './tables/load-context.ts'
export * from './tables/load-tables.ts'
