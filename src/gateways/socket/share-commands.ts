/**
 * `upload`, `download`, `ls`, `stat` and `del` of the socket: what the command line does, for
 * scripts.
 */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import { pause } from '../../effects/pause.ts'
import type { ShareUser } from '../../services/share/parts.ts'
import type { ShareService } from '../../services/share/share-service.ts'
import type { Download, Share, ShareList } from '../../wire/api-shares.ts'
import type { SocketCommands } from './commands.ts'

export interface ShareDesk {
  readonly clock: Clock
  readonly service: Pick<ShareService, 'shares' | 'downloads' | 'lookup'>
  /** Whoever owns the directory of the member. */
  readonly who: ShareUser
  /** A file of this machine, put into the ring. @returns its path there @throws AnilloError */
  put(path: string, signal: AbortSignal): Promise<string>
}

const LISTED_MAX = 500
const HASHING_PAUSE_MS = 1_000

export function shareCommands(desk: ShareDesk): SocketCommands {
  const { service, who } = desk
  return {
    upload: {
      usage: 'upload PATH [NAME]',
      words: [1, 2],
      run: ([path = '', name], signal) => upload(desk, { path, name }, signal),
    },
    download: {
      usage: 'download NAME [ROOT]',
      words: [1, 2],
      run: ([name = '', root], signal) => download(desk, { name, root }, signal),
    },
    ls: {
      usage: 'ls',
      words: [0, 0],
      run: (): Promise<ShareList> => service.shares.list({ limit: LISTED_MAX }),
    },
    stat: {
      usage: 'stat NAME',
      words: [1, 1],
      run: ([name = ''], signal) => service.lookup(name, signal),
    },
    del: {
      usage: 'del NAME',
      words: [1, 1],
      run: async ([name = '']) => {
        const found = (await service.shares.ofName(name)) ?? (await service.shares.find(name))
        if (found === undefined) throw new AnilloError('NOT_FOUND', { what: 'such share' })
        await service.shares.remove(who, found.id)
        return { ended: found.row.name }
      },
    },
  }
}

/** Into the ring, and shared. */
async function upload(
  { clock, put, service, who }: ShareDesk,
  { name, path }: { readonly path: string; readonly name: string | undefined },
  signal: AbortSignal,
): Promise<Share> {
  const at = await put(path, signal)
  for (;;) {
    try {
      return (await service.shares.share(who, { path: at, name })).share
    } catch (thrown) {
      if (signal.aborted || !isAnilloError(thrown, 'SHARE_HASHING')) throw thrown
      await pause(clock, HASHING_PAUSE_MS, signal)
    }
  }
}

/** Until it is over; it goes on in the ring when the connection ends. @throws AnilloError */
async function download(
  { service, who }: ShareDesk,
  { name, root }: { readonly name: string; readonly root: string | undefined },
  signal: AbortSignal,
): Promise<Download> {
  const what = /^magnet:/i.test(name) ? { magnet: name } : { name }
  const ask = { ...what, ...(root === undefined ? {} : { root }) }
  let last = await service.downloads.begin(who, ask, { signal })
  for await (const told of service.downloads.watch(who, last.id, signal)) last = told
  return last
}
