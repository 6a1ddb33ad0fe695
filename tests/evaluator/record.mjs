// Generates policies and requests, asks the simulator, and prints one line of JSON for each: `node record.mjs [SEED] [COUNT]`.
//
// The same seed gives the same lines. Everything is drawn from so little that it often meets: a request that nothing speaks of proves nothing.
import { runSimulation } from '@cloud-copilot/iam-simulate'

const seed = Number(process.argv[2] ?? 1)
const count = Number(process.argv[3] ?? 1000)

// mulberry32: small, and the same everywhere.
let state = seed >>> 0
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0
  let t = state
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const chance = (share) => random() < share
const pick = (items) => items[Math.floor(random() * items.length)]
const some = (items, most) => {
  const found = []
  for (let left = 1 + Math.floor(random() * most); left > 0; left--) found.push(pick(items))
  return [...new Set(found)]
}
const bare = (values) => (values.length === 1 && chance(0.5) ? values[0] : values)

const HOME = '111122223333'
const OTHER = '444455556666'
const SERVICE = 'ses.amazonaws.com'
const ROLE = `arn:aws:iam::${HOME}:role/writer`
const USER = `arn:aws:iam::${HOME}:user/bob`
const STRANGER = `arn:aws:iam::${OTHER}:user/eve`
const RULE = `arn:aws:ses:eu-west-1:${HOME}:receipt-rule-set/main:receipt-rule/store`

const PLACES = [
  {
    prefix: 's3',
    actions: ['s3:PutObject', 's3:GetObject'],
    asked: ['s3:PutObject', 's3:*', 's3:Put*', 'S3:getobject', '*', 's3:?utObject', 's3:Delete*'],
    resources: ['arn:aws:s3:::b/in/1', 'arn:aws:s3:::b/mail/x:y/z', 'arn:aws:s3:::b/home/a'],
    named: [
      'arn:aws:s3:::b/*', 'arn:aws:s3:::b/in/*', 'arn:aws:s3:::b/in/?', '*', 'arn:aws:s3:::*/1', 'arn:aws:s3:::b', 'arn:aws:s3:::B/*',
      'arn:aws:s3:::b/${aws:PrincipalTag/team}/*', "arn:aws:s3:::b/${aws:PrincipalTag/none, 'in'}/1", 'arn:aws:s3:::b/home/${*}',
      'arn:aws:s3:::b/${aws:TagKeys}/*', 'arn:*:s3:::b/in/1', 'arn:aws:s3:::b/mail/*:y/*',
    ],
  },
  {
    prefix: 'sns',
    actions: ['sns:Publish', 'sns:Subscribe'],
    asked: ['sns:Publish', 'SNS:*', 'sns:Pub*', '*', 'sns:Subscribe'],
    resources: [`arn:aws:sns:eu-west-1:${HOME}:mail`],
    named: [
      `arn:aws:sns:eu-west-1:${HOME}:mail`, `arn:aws:sns:*:${HOME}:*`, '*', `arn:aws:sns:eu-west-1:${OTHER}:mail`,
      'arn:aws:sns:eu-west-1:*:mail', `arn:aws:sns:eu-west-1:${HOME}:\${aws:PrincipalTag/team}`, `arn:aws:sns:eu-west-?:${HOME}:ma*l`,
    ],
  },
]

const TEXTS = ['mail', 'Mail', 'in', 'ops*', '']
const KEYS = {
  'aws:PrincipalTag/team': { kind: 'text', found: ['mail', 'Mail', 'in', 'ops*'], asked: [...TEXTS, 'ma*', '?ail', '${aws:UserAgent}', "${aws:PrincipalTag/none, 'mail'}", 'ops${*}', '${aws:PrincipalTag/none}'] },
  'aws:UserAgent': { kind: 'text', found: ['mail', 'in'], asked: [...TEXTS, '*', 'm*l', '${aws:PrincipalTag/team}'] },
  'aws:SourceArn': {
    kind: 'arn',
    found: [RULE, RULE.replace('store', 'other'), RULE.replace(HOME, OTHER)],
    asked: [RULE, `arn:aws:ses:*:${HOME}:receipt-rule-set/main:receipt-rule/*`, `arn:aws:ses:eu-west-1:${HOME}:*`, 'arn:aws:ses:*:receipt-rule/*', 'arn:*:ses:eu-west-?:*:*', RULE.toUpperCase()],
  },
  'aws:MultiFactorAuthAge': { kind: 'number', found: ['10', '3600', '0.5'], asked: ['10', '3600', 10, '10.0', '100'] },
  's3:TlsVersion': { kind: 'number', found: ['1.2', '1.3'], asked: ['1.2', 1.3, '1.20'] },
  'aws:CurrentTime': { kind: 'date', found: ['2026-11-20T12:00:00Z'], asked: ['2026-11-20T12:00:00Z', '2026-11-20T00:00:00Z', '2030-01-01T00:00:00Z', '2026-11-20T13:00:00+01:00'] },
  'aws:EpochTime': { kind: 'date', found: ['1795089600'], asked: ['1795089600', '1795089601', '2026-11-19T12:00:00Z'] },
  'aws:SecureTransport': { kind: 'bool', found: ['true', 'false'], asked: ['true', 'false', true, false] },
  'aws:MultiFactorAuthPresent': { kind: 'bool', found: ['true', 'false'], asked: ['true', 'false'] },
  'aws:SourceIp': { kind: 'address', found: ['203.0.113.9', '8.8.8.8', '2001:db8::7'], asked: ['203.0.113.0/24', '8.8.8.8', '0.0.0.0/0', '2001:DB8::/32', '198.51.100.0/24'] },
  'aws:TagKeys': { kind: 'texts', found: [['a'], ['a', 'b'], ['b', 'mail']], asked: ['a', 'b', 'mail', 'm*', 'A'] },
  'aws:PrincipalOrgPaths': { kind: 'texts', found: [['o-1/r-1/ou-1/'], ['o-2/r-1/']], asked: ['o-1/*', 'o-1/r-1/ou-1/', 'o-2/r-?/'] },
}
const OPERATORS = {
  text: ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike'],
  arn: ['ArnLike', 'ArnEquals', 'ArnNotLike', 'ArnNotEquals', 'StringEquals', 'StringLike', 'StringNotLike'],
  number: ['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals'],
  date: ['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
  bool: ['Bool'],
  address: ['IpAddress', 'NotIpAddress'],
}
OPERATORS.texts = OPERATORS.text

const keys = (place) => Object.entries(KEYS).filter(([key]) => key.startsWith('aws:') || key.startsWith(`${place.prefix}:`))

function condition(place) {
  const block = {}
  for (let left = Math.floor(random() * 4); left > 0; left--) {
    const [key, { kind, asked }] = pick(keys(place))
    let operator
    let values
    if (chance(0.12)) {
      operator = 'Null'
      values = pick(['true', 'false', true, false])
    } else {
      operator = pick(OPERATORS[kind])
      values = bare(some(asked, 2))
      if (kind === 'texts') operator = pick(['ForAnyValue:', 'ForAllValues:']) + operator
      else if (['text', 'arn'].includes(kind) && chance(0.1)) operator = pick(['ForAnyValue:', 'ForAllValues:']) + operator
      if (chance(0.3)) operator += 'IfExists'
    }
    block[operator] = { ...block[operator], [chance(0.15) ? key.toUpperCase().replace('/TEAM', '/team') : key]: values }
  }
  return block
}

function principal(caller) {
  const mine = caller === SERVICE ? { Service: SERVICE } : { AWS: caller }
  const account = caller === STRANGER ? OTHER : HOME
  return pick([
    '*', { AWS: '*' }, mine, mine, mine,
    { Service: ['sns.amazonaws.com', SERVICE] }, { Service: 'sns.amazonaws.com' },
    { AWS: [ROLE, USER] }, { AWS: STRANGER }, { AWS: account }, { AWS: `arn:aws:iam::${OTHER}:root` },
    { AWS: [HOME], Service: [SERVICE] },
  ])
}

// Whom a role's session stands for under NotPrincipal "might" be checked in several ways (the page of NotPrincipal): services only.
const EXCEPTED = [{ Service: SERVICE }, { Service: ['sns.amazonaws.com'] }, { Service: [SERVICE, 'sns.amazonaws.com'] }]

function statement(place, caller, ofResource) {
  const made = { Effect: chance(0.65) ? 'Allow' : 'Deny' }
  if (ofResource) {
    if (caller === SERVICE && made.Effect === 'Deny' && chance(0.25)) made.NotPrincipal = pick(EXCEPTED)
    else made.Principal = principal(caller)
  }
  made[chance(0.15) ? 'NotAction' : 'Action'] = bare(some(place.asked, 2))
  made[chance(0.15) ? 'NotResource' : 'Resource'] = bare(some(place.named, 3))
  const block = condition(place)
  if (Object.keys(block).length > 0) made.Condition = block
  return made
}

function policy(place, caller, ofResource) {
  const statements = []
  for (let left = 1 + Math.floor(random() * 3); left > 0; left--) statements.push(statement(place, caller, ofResource))
  return { Version: '2012-10-17', Statement: bare(statements) }
}

const refused = {}
for (let line = 0; line < count; ) {
  const caller = pick([SERVICE, SERVICE, ROLE, USER, STRANGER])
  const place = pick(PLACES)
  const identity = []
  if (caller !== SERVICE) for (let left = Math.floor(random() * 3); left > 0; left--) identity.push(policy(place, caller, false))
  const resourcePolicy = caller === SERVICE || chance(0.7) ? policy(place, caller, true) : undefined
  const context = {}
  for (const [key, { found }] of keys(place)) if (chance(0.6)) context[key] = pick(found)
  const asked = { caller, action: pick(place.actions), resource: pick(place.resources), identity, resourcePolicy, context }
  const told = await runSimulation(
    {
      request: { principal: caller, action: asked.action, resource: { resource: asked.resource, accountId: HOME }, contextVariables: context },
      identityPolicies: identity.map((document, index) => ({ name: `p${index}`, policy: document })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy,
    },
    {},
  )
  // What it does not take, it says nothing of; a key that it ignored would make another request of it.
  if (told.resultType !== 'single' || told.result.ignoredContextKeys?.length > 0) {
    const why = told.errors ? JSON.stringify(told.errors).slice(0, 300) : `${told.resultType} ${told.result?.ignoredContextKeys}`
    refused[why] = (refused[why] ?? 0) + 1
    continue
  }
  // Most requests are denied because nothing speaks of them: two of three such are left out.
  if (told.overallResult === 'ImplicitlyDenied' && chance(2 / 3)) continue
  console.log(JSON.stringify({ ...asked, answer: told.overallResult }))
  line++
}
if (process.env.WHY) console.error(Object.entries(refused).sort((one, other) => other[1] - one[1]).slice(0, 12))
