/** A door with a tree of files in memory and links of it; time goes when the test says so. */
import type { InjectOptions } from 'fastify'

import { LinkWorld } from '../../../services/files/links/links.test-helper.ts'
import type { NewPublicLink, PublicLink } from '../../../wire/api-links.ts'
import { askedDoor, bearer } from '../entrance.test-helper.ts'

/** A stranger of another machine. */
export const STRANGER = '203.0.113.7'
export const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

export async function linksDoor() {
  const world = new LinkWorld()
  const { clock, files, links } = world
  const door = await askedDoor({ more: { files, links, clock } })
  const token = door.accounts.person('ana', 'member')
  door.accounts.person('ben', 'member')
  const asAna = ({ headers, ...asked }: InjectOptions) =>
    door.ask({ ...asked, headers: { ...bearer(token), ...headers } })
  return {
    ...door,
    world,
    token,
    asAna,
    asBen: ({ headers, ...asked }: InjectOptions) =>
      door.ask({
        ...asked,
        headers: { ...bearer(door.accounts.person('ben', 'member')), ...headers },
      }),
    /** As nobody. */
    visit: (url: string, asked: Omit<InjectOptions, 'url'> = {}) => door.ask({ ...asked, url }),
    /** Of Ana’s. */
    async link(ask: NewPublicLink): Promise<PublicLink> {
      return (await asAna({ method: 'POST', url: '/v1/links', payload: ask })).json()
    },
  }
}
