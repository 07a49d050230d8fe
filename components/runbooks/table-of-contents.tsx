export type ContentsEntry = { id: string; text: string; number?: string };

/** Where to go inside a document. */
export function TableOfContents({ entries }: { entries: readonly ContentsEntry[] }) {
  return (
    <nav aria-label="Contents">
      <ol className="grid gap-0.5 border-l border-line text-small">
        {entries.map(({ id, text, number }) => (
          <li key={id}>
            <a
              href={`#${id}`}
              className="focus-inset -ml-px flex gap-1.5 border-l border-transparent py-0.5 pl-3 text-ink-2 hover:border-ink-3 hover:text-ink"
            >
              {number !== undefined && <span className="tnum min-w-6 shrink-0 text-ink-3">{number}</span>}
              <span>{text}</span>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}
