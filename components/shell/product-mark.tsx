/** Two strokes of two hands on one line: the mark of the product. */
export function ProductMark({ size = 24 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" className="shrink-0">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <g fill="none" stroke="#fff" strokeWidth="2.8" strokeLinecap="round" strokeLinejoin="round">
        <path d="m6.5 14.5 3.6 4L17 8.5" opacity="0.6" />
        <path d="m13.5 14.5 3.6 4L25 7.5" />
        <path d="M7 24.5h18" strokeWidth="2.2" />
      </g>
    </svg>
  );
}
