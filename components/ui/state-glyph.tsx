import type { ReactNode } from "react";

export type GlyphShape =
  | "check"
  | "cross"
  | "arc"
  | "half"
  | "slash"
  | "dashed"
  | "question"
  | "lock"
  | "ring"
  | "dots"
  | "equal"
  | "minus"
  | "clock";

const stroke = { stroke: "currentColor", strokeWidth: 1.6, strokeLinecap: "round", fill: "none" } as const;
// The sign inside a filled shape is cut out in the ground colour, so it reads on both themes.
const cut = { stroke: "var(--surface)", strokeWidth: 1.7, strokeLinecap: "round", fill: "none" } as const;
const ring = <circle cx="8" cy="8" r="6.2" {...stroke} />;
const disc = <circle cx="8" cy="8" r="7" fill="currentColor" />;

const shapes: Record<GlyphShape, ReactNode> = {
  check: (
    <>
      {disc}
      <path d="M5 8.3 7.1 10.4 11 6" strokeLinejoin="round" {...cut} />
    </>
  ),
  cross: (
    <>
      {disc}
      <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" {...cut} />
    </>
  ),
  arc: (
    <g className="origin-center animate-arc">
      <circle cx="8" cy="8" r="6.2" opacity="0.3" {...stroke} strokeWidth={1.8} />
      <path d="M8 1.8A6.2 6.2 0 0 1 14.2 8" {...stroke} strokeWidth={1.8} />
    </g>
  ),
  half: (
    <>
      {ring}
      <path d="M8 3.6a4.4 4.4 0 0 1 0 8.8z" fill="currentColor" />
    </>
  ),
  slash: (
    <>
      {ring}
      <path d="m4.2 11.8 7.6-7.6" {...stroke} />
    </>
  ),
  dashed: <circle cx="8" cy="8" r="6.2" strokeDasharray="2.2 2.67" {...stroke} />,
  question: (
    <>
      <path d="M8 .6 15.4 8 8 15.4.6 8z" fill="currentColor" />
      <path d="M6.3 6.5c0-1 .8-1.7 1.7-1.7s1.7.7 1.7 1.6c0 1.2-1.7 1.3-1.7 2.4" {...cut} strokeWidth={1.4} />
      <circle cx="8" cy="11" r=".9" fill="var(--surface)" />
    </>
  ),
  lock: (
    <>
      <rect x="3.4" y="7" width="9.2" height="6.6" rx="1.4" fill="currentColor" />
      <path d="M5.4 7V5.2a2.6 2.6 0 0 1 5.2 0V7" {...stroke} />
    </>
  ),
  ring,
  dots: (
    <>
      {ring}
      <circle cx="5.3" cy="8" r=".95" fill="currentColor" />
      <circle cx="8" cy="8" r=".95" fill="currentColor" />
      <circle cx="10.7" cy="8" r=".95" fill="currentColor" />
    </>
  ),
  equal: (
    <>
      {ring}
      <path d="M5.5 6.6h5M5.5 9.4h5" {...stroke} />
    </>
  ),
  minus: (
    <>
      {ring}
      <path d="M5.4 8h5.2" {...stroke} />
    </>
  ),
  clock: (
    <>
      {ring}
      <path d="M8 4.7V8l2.2 1.4" strokeLinejoin="round" {...stroke} />
    </>
  ),
};

export function StateGlyph({ shape, size }: { shape: GlyphShape; size: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" className="shrink-0">
      {shapes[shape]}
    </svg>
  );
}
