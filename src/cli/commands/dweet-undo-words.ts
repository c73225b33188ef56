/**
 * `anillo dweet unlike` and its kin: as the console has them. They are not listed: what they take
 * back is told with `--undo`.
 */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import type { ExitCode } from '../failure.ts'
import { withDoors, type DoorFlags } from '../options.ts'
import { ID, NICK } from './dweet-arguments.ts'

export function undoWords(context: CommandContext): readonly Command[] {
  const word = (
    [name, alias, of]: readonly [name: string, alias: string, of: string],
    argument: typeof ID | typeof NICK,
    run: (what: string, flags: DoorFlags & { readonly undo: true }) => Promise<ExitCode>,
  ): Command =>
    withDoors(
      new Command(name)
        .alias(alias)
        .description(`as “${of} --undo”`)
        .argument(argument[0], argument[1])
        .action((what: string, flags: DoorFlags) =>
          context.run(() => run(what, { ...flags, undo: true })),
        ),
    )
  const dweets = async () => import('../run/dweet.ts')
  const marks = async () => import('../run/dweet-marks.ts')
  const { io } = context
  return [
    word(['unlike', 'nogusta', 'like'], ID, async (id, flags) =>
      (await dweets()).runLike(io, id, flags),
    ),
    word(['unredweet', 'despublicar', 'redweet'], ID, async (id, flags) =>
      (await dweets()).runRedweet(io, id, flags),
    ),
    word(['unbookmark', 'soltar', 'bookmark'], ID, async (id, flags) =>
      (await marks()).runBookmark(io, id, flags),
    ),
    word(['unmute', 'desilenciar', 'mute'], NICK, async (nick, flags) =>
      (await marks()).runMute(io, nick, flags),
    ),
    word(['unblock', 'desbloquear', 'block'], NICK, async (nick, flags) =>
      (await marks()).runBlock(io, nick, flags),
    ),
  ]
}
