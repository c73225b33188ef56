/** `anillo kv`: its words and its help. */
import { Command, Option } from 'commander'

import { RECORD_TTL_SECONDS_MAX } from '../../wire/api-records.ts'
import type { CommandContext } from '../context.ts'
import { integerFrom, withWords } from '../options.ts'
import type { DeleteFlags, GetFlags, ListFlags, PutFlags } from '../run/kv.ts'

const TABLE = ['<table>', 'a table; it exists by being written'] as const
const PK = ['<partition-key>', 'records of one partition key are listed together'] as const
const SK = ['<sort-key>', 'the record’s own name under the partition key'] as const

const EXAMPLES = `
  $ npx anillo kv put notes anna shopping "milk, bread"
  $ npx anillo kv get notes anna shopping
  $ npx anillo kv list notes anna
  $ npx anillo kv delete notes anna shopping

What is written is on disk on a majority before it is told as done.`

export function kvCommand(context: CommandContext): Command {
  const command = new Command('kv')
    .description('read and write records of the store')
    .usage('get|put|delete|list ...')
    .addHelpText('after', EXAMPLES)
  return withWords(command, [
    getWord(context),
    putWord(context),
    deleteWord(context),
    listWord(context),
  ])
}

function getWord(context: CommandContext): Command {
  return new Command('get')
    .description('write the value of a record to standard output')
    .argument(...TABLE)
    .argument(...PK)
    .argument(...SK)
    .addHelpText(
      'after',
      '\n  $ npx anillo kv get notes anna shopping\n  $ npx anillo kv get t p s --json',
    )
    .action((table: string, pk: string, sk: string, flags: GetFlags) =>
      context.run(async () => {
        const { runGet } = await import('../run/kv.ts')
        return runGet(context.io, { table, pk, sk }, flags)
      }),
    )
}

function putWord(context: CommandContext): Command {
  return new Command('put')
    .description('write a record: the value named, else all of standard input, up to 64 KiB')
    .argument(...TABLE)
    .argument(...PK)
    .argument(...SK)
    .argument('[value]', 'text; absent or “-”: standard input, any bytes')
    .addOption(new Option('--if-absent', 'only where there is none').conflicts('ifMatch'))
    .option('--if-match <etag>', 'only where the record has this ETag, as “--json” shows it')
    .addOption(
      new Option('--ttl <seconds>', 'the record is gone after so long').argParser(
        integerFrom(1, RECORD_TTL_SECONDS_MAX),
      ),
    )
    .addHelpText(
      'after',
      `
  $ npx anillo kv put notes anna shopping "milk, bread"
  $ npx anillo kv put keys anna public < key.pub
  $ npx anillo kv put jobs nightly owner "$HOSTNAME" --if-absent --ttl 3600`,
    )
    .action((table: string, pk: string, sk: string, value: string | undefined, flags: PutFlags) =>
      context.run(async () => {
        const { runPut } = await import('../run/kv.ts')
        return runPut(context.io, { name: { table, pk, sk }, value }, flags)
      }),
    )
}

function deleteWord(context: CommandContext): Command {
  return new Command('delete')
    .description('delete a record')
    .argument(...TABLE)
    .argument(...PK)
    .argument(...SK)
    .option('--if-match <etag>', 'only where the record has this ETag')
    .addHelpText('after', '\n  $ npx anillo kv delete notes anna shopping')
    .action((table: string, pk: string, sk: string, flags: DeleteFlags) =>
      context.run(async () => {
        const { runDelete } = await import('../run/kv.ts')
        return runDelete(context.io, { table, pk, sk }, flags)
      }),
    )
}

function listWord(context: CommandContext): Command {
  return new Command('list')
    .description('list the records of a partition key, in byte order of their sort keys')
    .argument(...TABLE)
    .argument(...PK)
    .option('--prefix <text>', 'sort keys that begin so')
    .option('--start <text>', 'first sort key, itself included')
    .option('--end <text>', 'where to stop, itself not included')
    .option('--reverse', 'from the last to the first')
    .addHelpText(
      'after',
      `
  $ npx anillo kv list notes anna                   sort key, size, ETag
  $ npx anillo kv list notes anna --prefix 2026-    those that begin so
  $ npx anillo kv list notes anna --json            one JSON document a line, with values`,
    )
    .action((table: string, pk: string, flags: ListFlags) =>
      context.run(async () => {
        const { runList } = await import('../run/kv.ts')
        return runList(context.io, { table, pk }, flags)
      }),
    )
}
