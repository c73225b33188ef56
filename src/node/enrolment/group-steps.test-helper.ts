/** What tests of enrolment do again and again. */
import assert from 'node:assert/strict'

import { parseMemberId, type MemberId } from '../../base/ids.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import type { Newcomer } from '../../wire/enrol.ts'
import type { Method } from '../../wire/method.ts'
import { makeJoinToken, type OpenedMember } from './commands.ts'
import {
  Said,
  selfOf,
  DISCOVERY_PORT,
  RPC_PORT,
  type Group,
  type GroupMember,
} from './group.test-helper.ts'
import { joinByDiscovery, joinWithToken } from './join.ts'

export const STRANGER_ID = parseMemberId('f'.repeat(32))

/** What a machine says that asks to be let in. */
export function newcomerOf(requestPem: string, name: string): Newcomer {
  return { requestPem, name, roles: ['entry'], port: RPC_PORT, hostLabel: name }
}

/** Made by this member, naming all of them. */
export async function tokenOf(
  group: Group,
  member: GroupMember,
  validForMs = HOUR_MS,
): Promise<string> {
  const peers = group.members.map(({ address }) => address)
  return (await group.settle(makeJoinToken(member.effects, { validForMs, peers }))).text
}

/** A newcomer with a token, running. */
export async function joined(
  group: Group,
  name: string,
  roles = selfOf(name).roles,
): Promise<GroupMember> {
  const [founder] = group.members
  assert.ok(founder)
  const token = await tokenOf(group, founder)
  const machine = group.world.machine()
  const effects = group.joinEffects(machine)
  const { say } = new Said()
  const opened = await group.settle(joinWithToken(effects, selfOf(name, roles), { token, say }))
  return group.run(machine, opened)
}

/** Asks a member as another one does over RPC. */
export async function ask(
  member: GroupMember,
  method: Pick<Method, 'name'>,
  question: object,
  caller: MemberId,
): Promise<unknown> {
  const handler = member.served.handlers.get(method.name) ?? assert.fail(method.name)
  const signal = new AbortController().signal
  return handler(question, { caller, signal, timeLeftMs: SECOND_MS })
}

export interface Waiter {
  readonly said: Said
  readonly done: Promise<OpenedMember>
}

/** A newcomer without a token, until it has shown its code. */
export async function waiter(group: Group, name: string): Promise<Waiter> {
  const said = new Said()
  const effects = group.joinEffects(group.world.machine())
  const done = joinByDiscovery(effects, selfOf(name), {
    say: said.say,
    discoveryPort: DISCOVERY_PORT,
    askAt: [],
  })
  done.catch(() => undefined)
  await group.world.until(() => said.codes.length > 0, `${name} shows its code`, MINUTE_MS)
  return { said, done }
}

/** Waits until the member holds the authority's key. */
export async function promoted(group: Group, member: GroupMember): Promise<void> {
  member.enrolment.start()
  await group.world.until(() => member.enrolment.mayEnrol(), 'it holds the key', MINUTE_MS)
}

/** A newcomer without a token, to the end. */
export async function joinNow(group: Group): Promise<unknown> {
  const effects = group.joinEffects(group.world.machine())
  const options = { say: () => undefined, discoveryPort: DISCOVERY_PORT, askAt: [] }
  return group.settle(joinByDiscovery(effects, selfOf('late'), options))
}
