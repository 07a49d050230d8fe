"use client";

import { useQuery } from "@tanstack/react-query";
import NextLink from "next/link";
import { STATE_WORDS } from "#components/registers/words.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { layOut } from "./graph-layout.ts";

const BOX = { width: 132, height: 44, gapX: 56, gapY: 14 };

/** What waits for what, from left to right, as a drawing; the same as words stands under Links. */
export function ItemGraph({ itemId }: { itemId: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.items.graph.queryOptions({ itemId }));
  if (data === undefined || data.edges.length === 0) return null;
  const { places, columns, rows } = layOut(
    data.nodes.map(({ id }) => id),
    data.edges,
  );
  const x = (column: number) => 1 + column * (BOX.width + BOX.gapX);
  const y = (row: number) => 1 + row * (BOX.height + BOX.gapY);
  const width = x(columns - 1) + BOX.width + 1;
  const height = y(rows - 1) + BOX.height + 1;
  return (
    <figure className="grid grid-cols-1 gap-2">
      <div
        role="group"
        aria-label="What waits for what"
        tabIndex={0}
        className="focus-inset overflow-x-auto rounded-md border border-line p-3"
      >
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          aria-hidden={false}
          role="group"
        >
          {data.edges.map(({ from, to }) => {
            const [a, b] = [places.get(from), places.get(to)];
            if (a === undefined || b === undefined) return null;
            const [x1, y1] = [x(a.column), y(a.row) + BOX.height / 2];
            const [x2, y2] = [x(b.column) + BOX.width, y(b.row) + BOX.height / 2];
            const bend = BOX.gapX / 2;
            return (
              <path
                key={`${from} ${to}`}
                d={`M ${x2} ${y2} C ${x2 + bend} ${y2}, ${x1 - bend} ${y1}, ${x1} ${y1}`}
                className="fill-none stroke-line-strong"
                strokeWidth={1.5}
              />
            );
          })}
          {data.nodes.map(({ id, code, title, state, closedAt }) => {
            const place = places.get(id);
            if (place === undefined) return null;
            const words = `${code} ${STATE_WORDS[state].word}: ${title}`;
            return (
              <NextLink key={id} href={`/registers/items/${id}`} prefetch={false}>
                <title>{words}</title>
                <rect
                  x={x(place.column)}
                  y={y(place.row)}
                  width={BOX.width}
                  height={BOX.height}
                  rx={6}
                  strokeWidth={id === itemId ? 2 : 1}
                  strokeDasharray={closedAt === null ? undefined : "4 3"}
                  className={
                    id === itemId ? "fill-accent-soft stroke-accent-ink" : "fill-surface stroke-line-strong"
                  }
                />
                <text
                  x={x(place.column) + 10}
                  y={y(place.row) + 18}
                  className="fill-ink text-small font-medium"
                >
                  {code}
                </text>
                <text x={x(place.column) + 10} y={y(place.row) + 34} className="fill-ink-2 text-micro">
                  {STATE_WORDS[state].word}
                </text>
              </NextLink>
            );
          })}
        </svg>
      </div>
      <figcaption className="text-small text-ink-3">
        What stands right waits for what stands left. Dashed: nothing is left to do.
        {data.isWhole ? "" : " Only the nearest are drawn."}
      </figcaption>
    </figure>
  );
}
