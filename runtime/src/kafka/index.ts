export * from './connection.ts'
export * from './schema-client.ts'
export * from './service.ts'
export * from './topics.ts'
