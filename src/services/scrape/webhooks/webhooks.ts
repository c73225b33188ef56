/** Webhooks, spread over the ring: puts the parts together. */
import type { Effects } from '../../../effects/effects.ts'
import type { Overlay } from '../../../overlay/types.ts'
import type { RpcClient } from '../../../rpc/types.ts'
import type { Store } from '../../../store/types.ts'
import { tellHook } from '../../../wire/crawls.ts'
import { createAddressGate } from '../fetch/address-gate.ts'
import { tellOwners } from '../lookout/tell-owners.ts'
import type { PageSettings } from '../pages/page-service.ts'
import { Couriers } from './couriers.ts'
import { HookDesk } from './hook-desk.ts'
import { post } from './hook-post.ts'
import { positionOfHook } from './hook-rows.ts'
import { HookStore } from './hook-store.ts'

export interface WebhookOptions {
  readonly effects: Pick<Effects, 'clock' | 'crypto' | 'dns' | 'http' | 'random' | 'log'>
  readonly rpc: RpcClient
  readonly overlay: Overlay
  readonly store: Pick<Store, 'get' | 'list' | 'call'>
  readonly settings: Pick<PageSettings, 'agent' | 'gate'>
}

export interface Webhooks {
  readonly desk: HookDesk
  readonly couriers: Couriers
  /** Whoever delivers it is told. */
  readonly tell: (hook: string) => void
}

export function webhooksOf({ effects, overlay, rpc, settings, store }: WebhookOptions): Webhooks {
  const { clock, crypto, dns, http, log, random } = effects
  const hooks = new HookStore(store)
  const gate = createAddressGate(dns, settings.gate)
  const tools = { clock, crypto, http, gate, agent: settings.agent }
  const couriers = new Couriers({
    clock,
    log,
    overlay,
    hooks,
    post: (delivery, signal) => post(delivery, tools, signal),
  })
  const tell = (hook: string): void =>
    tellOwners({ log, overlay, rpc }, [hook], {
      positionOf: positionOfHook,
      method: tellHook,
      question: ([one]) => ({ hook: one }),
      most: 1,
      hear: ([one]) => couriers.hear(one),
    })
  return { desk: new HookDesk({ random, hooks, gate, tell }), couriers, tell }
}
