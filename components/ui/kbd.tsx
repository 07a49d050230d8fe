/** One key or a sequence of keys: "g i" is two keys after one another. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-0.5">
      {keys.split(" ").map((key, at) => (
        <kbd
          key={`${key}-${at}`}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-line-strong bg-surface px-1 text-micro text-ink-2"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
