type Piece = { text: string; isHit: boolean };

/** Text with what was searched for marked. Pieces are text, whatever they hold. */
export function Hits({ pieces }: { pieces: readonly Piece[] }) {
  return pieces.map(({ text, isHit }, at) =>
    isHit ? (
      <mark key={at} className="rounded-sm bg-wait-soft text-inherit">
        {text}
      </mark>
    ) : (
      <span key={at}>{text}</span>
    ),
  );
}
