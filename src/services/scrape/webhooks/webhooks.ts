/** Webhooks, spread over the ring: puts the parts together. */
import { isAnilloError } from '../../../base/errors.ts'
import type { Effects } from '../../../effects/effects.ts'
import type { Overlay } from '../../../overlay/types.ts'
import type { RpcClient } from '../../../rpc/types.ts'
import type { Store } from '../../../store/types.ts'
import { tellHook } from '../../../wire/crawls.ts'
import { createAddressGate } from '../fetch/address-gate.ts'
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
  const tellOwner = async (hook: string): Promise<void> => {
    const { isSelf, owner } = await overlay.owner(positionOfHook(hook))
    if (isSelf) return couriers.hear(hook)
    const { address, id } = owner
    await rpc.call({ addresses: [address], id }, tellHook, { hook })
  }
  const tell = (hook: string): void => {
    tellOwner(hook).catch((thrown: unknown) => {
      // It looks by itself, later.
      if (!isAnilloError(thrown)) log.error('a webhook could not be told of', { error: thrown })
    })
  }
  return { desk: new HookDesk({ random, hooks, gate, tell }), couriers, tell }
}
