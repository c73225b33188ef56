/**
 * `anillo share upload|download|pause|resume|cancel|ls|stat|del`: files to and from everybody, and
 * their help.
 */
import { Command } from 'commander'

import type { DownloadOrder } from '../../wire/api-shares.ts'
import type { CommandContext } from '../context.ts'
import { withDoors, type DoorFlags } from '../options.ts'
import type { DownloadFlags } from '../run/share/download.ts'
import type { ListFlags } from '../run/share/looks.ts'
import type { UploadFlags } from '../run/share/upload.ts'

export function fileWords(context: CommandContext): readonly Command[] {
  return [
    uploadWord(context),
    downloadWord(context),
    orderWord(context, 'pause', 'have a download wait, with what it has'),
    orderWord(context, 'resume', 'go on with a download that is paused'),
    cancelWord(context),
    listWord(context),
    statWord(context),
    deleteWord(context),
  ].map(withDoors)
}

function uploadWord(context: CommandContext): Command {
  return new Command('upload')
    .description('share a file with everybody')
    .argument('<file>', 'of this computer; with --ring, of the ring')
    .option('--ring', 'a file that is in the ring already')
    .option('--as <name>', 'what it is called outside (default: the name of the file)')
    .addHelpText(
      'after',
      `
  $ npx anillo share upload film.mp4
  $ npx anillo share upload film.mp4 --as "Holidays 2026.mp4"
  $ npx anillo share upload --ring shared/film.mp4

A file of this computer is put into Shared of your home first. What is shared stays shared when the
file goes; “npx anillo share del” ends it. It counts for you as a file does.`,
    )
    .action((file: string, flags: UploadFlags) =>
      context.run(async () => {
        const { runShareUpload } = await import('../run/share/upload.ts')
        return runShareUpload(context.io, file, flags)
      }),
    )
}

function downloadWord(context: CommandContext): Command {
  return new Command('download')
    .description('have what others share')
    .argument('[name]', 'as it is called outside, a magnet link, an address of a share, or a root')
    .option('--root <root>', 'which of several contents of that name; alone: that one')
    .option('--url <url>', 'which of several that nobody proves; with --root: who has it')
    .option('--to <path>', 'where in the ring (default: Downloads of your home)')
    .option('--keep', 'in the ring alone; by default also into this folder')
    .option('--replace', 'a file of this computer with other content is overwritten')
    .addHelpText(
      'after',
      `
  $ npx anillo share download film.mp4
  $ npx anillo share download film.mp4 --keep --to shared/film.mp4
  $ npx anillo share download film.mp4 --root 3914929807ba80f2   its first digits, 8 or more
  $ npx anillo share download 3914929807ba80f2...            by the whole root, 64 digits

The ring has it from all who have it at once, proves each piece, and serves it on. It goes on when
this command ends: “npx anillo share ls --downloads” tells how it goes.`,
    )
    .action((name: string | undefined, flags: DownloadFlags) =>
      context.run(async () => {
        const { runShareDownload } = await import('../run/share/download.ts')
        return runShareDownload(context.io, name, flags)
      }),
    )
}

function orderWord(context: CommandContext, order: DownloadOrder, description: string): Command {
  return new Command(order)
    .description(description)
    .argument('<download>', 'its name, or its id')
    .addHelpText('after', `\n  $ npx anillo share ${order} film.mp4`)
    .action((typed: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runShareOrder } = await import('../run/share/order.ts')
        return runShareOrder(context.io, { order, typed }, flags)
      }),
    )
}

function cancelWord(context: CommandContext): Command {
  return new Command('cancel')
    .description('cancel a download; what is there of it goes')
    .argument('<download>', 'its name, or its id')
    .addHelpText('after', '\n  $ npx anillo share cancel film.mp4')
    .action((typed: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runShareCancel } = await import('../run/share/order.ts')
        return runShareCancel(context.io, typed, flags)
      }),
    )
}

function listWord(context: CommandContext): Command {
  return new Command('ls')
    .description('list what the ring shares with everybody')
    .option('--downloads', 'what you have from others, in its place')
    .addHelpText('after', '\n  $ npx anillo share ls\n  $ npx anillo share ls --downloads --json')
    .action((flags: ListFlags) =>
      context.run(async () => {
        const { runShareList } = await import('../run/share/looks.ts')
        return runShareList(context.io, flags)
      }),
    )
}

function statWord(context: CommandContext): Command {
  return new Command('stat')
    .description('tell who shares what under a name')
    .argument('<name>', 'as it is called outside, or the root of a content')
    .addHelpText('after', '\n  $ npx anillo share stat film.mp4')
    .action((name: string, flags: DoorFlags) =>
      context.run(async () => {
        const { runShareStat } = await import('../run/share/looks.ts')
        return runShareStat(context.io, name, flags)
      }),
    )
}

function deleteWord(context: CommandContext): Command {
  return new Command('del')
    .description('end shares; their files stay')
    .argument('<share...>', 'the name, the id, or the root of the content (from 8 digits on)')
    .addHelpText(
      'after',
      `
  $ npx anillo share del film.mp4

What others have already they keep, and may share on. A download that goes on is cancelled by
“npx anillo share cancel”.`,
    )
    .action((shares: readonly string[], flags: DoorFlags) =>
      context.run(async () => {
        const { runShareDelete } = await import('../run/share/delete.ts')
        return runShareDelete(context.io, shares, flags)
      }),
    )
}
