/** A reporter of Node's own test runner: the files with a test that failed, a line each. */
interface TestEvent {
  readonly type: string
  readonly data?: { readonly file?: string }
}

export default async function* failedFiles(
  events: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  const files = new Set<string>()
  for await (const { data, type } of events) {
    if (type === 'test:fail' && data?.file !== undefined) files.add(data.file)
  }
  for (const file of files) yield `${file}\n`
}
