import { describe, expect, it } from 'vitest'
import { serviceName } from './service-address.ts'

describe('serviceName', () => {
  it.each([
    ['ecs.amazonaws.com', 'ecs.amazonaws.com'],
    ['s3.eu-central-1.amazonaws.com', 's3.amazonaws.com'],
    ['ada-lovelace.amazonaws.com', 'amazonaws.com'],
    ['AWS Internal', 'aws-internal'],
    ['private', 'google-internal'],
    ['192.0.2.1', ''],
    ['', ''],
    ['amazonaws.com', ''],
    // Customers' instances are no services, and their names hold addresses.
    ['ec2-192-0-2-1.eu-central-1.compute.amazonaws.com', ''],
    ['ip-10-0-0-1.amazonaws.com', ''],
    ['ecs.amazonaws.com.example.net', ''],
    ['Ada Lovelace.amazonaws.com', ''],
  ])('%j -> %j', (address, name) => {
    expect(serviceName(address)).toBe(name)
  })
})
