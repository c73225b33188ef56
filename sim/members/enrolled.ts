/** Machines that are enrolled in one ring: each with its files, and the program of a member. */
import type { Effects } from '../../src/effects/effects.ts'
import type { SealedDisk } from '../../src/node/at-rest/sealed-file.ts'
import { startMember } from '../../src/node/compose-member.ts'
import { issueTo } from '../../src/node/enrolment/found.ts'
import {
  readMember,
  writeMember,
  writeOwnRequest,
  type MemberFiles,
} from '../../src/node/enrolment/ring-files.ts'
import type { RunningMember } from '../../src/node/member-parts.ts'
import { peerFile } from '../../src/node/peer-file.ts'
import { portsAt } from '../../src/node/ports.ts'
import { readSettings } from '../../src/node/settings.ts'
import { markFounder } from '../../src/node/store/founding-mark.ts'
import { memberIdOf, RING_ID } from '../world/credentials.ts'
import type { Machine, Program } from '../world/machine.ts'
import type { World } from '../world/world.ts'

const HTTP_PORT = 9_100
const PORTS = portsAt(HTTP_PORT)
const ROLES = ['entry', 'chord', 'tweeter'] as const
const WRITE_WITHIN_MS = 10_000
const STORE_KEY = new Uint8Array(32).fill(1)

export function addressOf(machine: Machine): string {
  return `${machine.address}:${PORTS.rpc}`
}

/** Writes on each machine what a newcomer has after its enrolment; the first is the founder. */
export async function enrolAll(world: World, machines: readonly Machine[]): Promise<void> {
  const { crypto, clock } = world.machine().effects()
  const authority = await crypto.makeAuthority(RING_ID, 0)
  for (const [index, machine] of machines.entries()) {
    const { privateKeyPem, requestPem } = await crypto.makeRequest(memberIdOf(index))
    const ring = { ringId: RING_ID, authority }
    const issued = await issueTo({ crypto, clock }, ring, { requestPem, roles: ROLES })
    const { memberId, certificatePem, warrant, certificateUntilMs } = issued
    const files: MemberFiles = {
      ringId: RING_ID,
      authority,
      credentials: { authorityPem: authority.certificatePem, certificatePem, privateKeyPem },
      identity: {
        memberId,
        warrant,
        certificateUntilMs,
        name: machine.name,
        address: addressOf(machine),
        roles: ROLES,
        hostLabel: machine.name,
        entryAddresses: machines.filter((other) => other !== machine).map(addressOf),
      },
    }
    const writing = machine.effects()
    const own = writeOwnRequest(sealed(writing), '', { privateKeyPem, requestPem })
    await world.settle(own, 'asked', WRITE_WITHIN_MS)
    await world.settle(writeMember(sealed(writing), '', files), 'enrolled', WRITE_WITHIN_MS)
    if (index === 0) {
      await world.settle(markFounder(writing.disk, ''), 'marked as founder', WRITE_WITHIN_MS)
    }
    machine.kill()
  }
}

export function sealed({ disk, cipher }: Effects): SealedDisk {
  return { disk, cipher, key: STORE_KEY }
}

export interface MemberProgramParts {
  readonly machine: Machine
  /** A ring of one to begin with, which the others join. */
  readonly begins: () => boolean
  readonly started: (member: RunningMember, effects: Effects) => void
}

/** As the process of a member, without the doors for clients. */
export function memberProgram(parts: MemberProgramParts): Program {
  const { machine } = parts
  return async (effects) => {
    await effects.disk.lock('')
    const member = await startMember(effects, {
      files: await readMember(sealed(effects)),
      listen: { host: '0.0.0.0', port: PORTS.rpc },
      ports: PORTS,
      ftpScheme: 'ftp',
      localNetworks: {
        isAttached: () => true,
        isBeside: () => true,
        ownAddresses: () => [machine.address],
      },
      peers: peerFile(effects.disk, effects.log),
      begins: parts.begins(),
      entries: [],
      admitLocalMs: 0,
      settings: readSettings({ file: undefined, env: {} }).settings,
      version: '0.0.0',
      key: STORE_KEY,
      onFailure: () => machine.kill(),
    })
    parts.started(member, effects)
    return member
  }
}
