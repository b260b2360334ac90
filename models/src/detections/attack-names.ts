/** Tactics of MITRE ATT&CK for Enterprise (version 17) that the tables point at. */
export const tacticNames: Readonly<Record<string, string>> = {
  TA0001: 'Initial Access',
  TA0002: 'Execution',
  TA0003: 'Persistence',
  TA0004: 'Privilege Escalation',
  TA0005: 'Defense Evasion',
  TA0006: 'Credential Access',
  TA0007: 'Discovery',
  TA0008: 'Lateral Movement',
  TA0009: 'Collection',
  TA0010: 'Exfiltration',
  TA0011: 'Command and Control',
  TA0040: 'Impact',
}

interface Technique {
  readonly name: string
  /** Tactics the technique serves. */
  readonly tactics: readonly string[]
}

/** Techniques of MITRE ATT&CK for Enterprise (version 17) that the tables point at. */
export const techniques: Readonly<Record<string, Technique>> = {
  'T1059.009': { name: 'Cloud API', tactics: ['TA0002'] },
  'T1078.004': { name: 'Cloud Accounts', tactics: ['TA0001', 'TA0003', 'TA0004', 'TA0005'] },
  T1090: { name: 'Proxy', tactics: ['TA0011'] },
  'T1090.003': { name: 'Multi-hop Proxy', tactics: ['TA0011'] },
  'T1087.004': { name: 'Cloud Account', tactics: ['TA0007'] },
  'T1098.001': { name: 'Additional Cloud Credentials', tactics: ['TA0003', 'TA0004'] },
  'T1098.003': { name: 'Additional Cloud Roles', tactics: ['TA0003', 'TA0004'] },
  T1110: { name: 'Brute Force', tactics: ['TA0006'] },
  T1485: { name: 'Data Destruction', tactics: ['TA0040'] },
  T1486: { name: 'Data Encrypted for Impact', tactics: ['TA0040'] },
  T1526: { name: 'Cloud Service Discovery', tactics: ['TA0007'] },
  T1528: { name: 'Steal Application Access Token', tactics: ['TA0006'] },
  T1530: { name: 'Data from Cloud Storage', tactics: ['TA0009'] },
  T1535: { name: 'Unused/Unsupported Cloud Regions', tactics: ['TA0005'] },
  T1537: { name: 'Transfer Data to Cloud Account', tactics: ['TA0010'] },
  'T1548.005': { name: 'Temporary Elevated Cloud Access', tactics: ['TA0004', 'TA0005'] },
  'T1550.001': { name: 'Application Access Token', tactics: ['TA0005', 'TA0008'] },
  'T1552.005': { name: 'Cloud Instance Metadata API', tactics: ['TA0006'] },
  'T1555.006': { name: 'Cloud Secrets Management Stores', tactics: ['TA0006'] },
  'T1556.006': { name: 'Multi-Factor Authentication', tactics: ['TA0003', 'TA0005', 'TA0006'] },
  'T1562.008': { name: 'Disable or Modify Cloud Logs', tactics: ['TA0005'] },
  'T1578.002': { name: 'Create Cloud Instance', tactics: ['TA0005'] },
  T1580: { name: 'Cloud Infrastructure Discovery', tactics: ['TA0007'] },
}
