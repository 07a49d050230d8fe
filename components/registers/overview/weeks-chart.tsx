import NextLink from "next/link";
import { boardHref } from "#components/registers/board/list-params.ts";
import { KIND_WORDS } from "#components/registers/words.ts";
import type { RecordKind } from "#server/domain/register/record.ts";

type Weeks = { days: readonly string[]; kinds: readonly { kind: RecordKind; counts: readonly number[] }[] };

const SIZE = { width: 720, height: 160, left: 4, top: 8, bottom: 4 };

/** The course of one kind, without numbers: those stand beside it. */
function Spark({ counts }: { counts: readonly number[] }) {
  const most = Math.max(1, ...counts);
  const points = counts.map((count, at) => `${at * 7},${(19 - (count / most) * 17).toFixed(1)}`).join(" ");
  return (
    <svg width={(counts.length - 1) * 7 + 2} height={20} className="block">
      <polyline points={points} className="fill-none stroke-run-mark" strokeWidth={1.5} />
    </svg>
  );
}

/** How many items were open at the end of each week, all kinds together; below, each kind in numbers that are links. */
export function WeeksChart({ days, kinds }: Weeks) {
  const totals = days.map((_, at) => kinds.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0));
  const most = Math.max(1, ...totals);
  const step = (SIZE.width - 2 * SIZE.left) / Math.max(1, days.length - 1);
  const points = totals.map((total, at) => {
    const y = SIZE.top + (1 - total / most) * (SIZE.height - SIZE.top - SIZE.bottom);
    return `${SIZE.left + at * step},${y.toFixed(1)}`;
  });
  const floor = SIZE.height - SIZE.bottom;
  return (
    <div className="grid grid-cols-1 gap-3">
      <svg viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} className="w-full max-w-180" aria-hidden="true">
        <polygon
          points={`${SIZE.left},${floor} ${points.join(" ")} ${SIZE.left + (days.length - 1) * step},${floor}`}
          className="fill-run-soft"
        />
        <text x={SIZE.left} y={SIZE.top + 4} className="fill-ink-3 text-micro">
          {most} at most
        </text>
        <polyline points={points.join(" ")} className="fill-none stroke-run-mark" strokeWidth={2} />
      </svg>
      <div
        role="group"
        tabIndex={0}
        aria-label="Open items by kind and week"
        className="focus-inset overflow-x-auto rounded-md border border-line print:overflow-visible"
      >
        <table className="w-full text-left text-small print:text-micro">
          <caption className="sr-only">Items that were open at the end of each day, by kind</caption>
          <thead>
            <tr className="bg-canvas text-ink-2">
              <th scope="col" className="px-3 py-1.5 font-normal print:px-1.5">
                Kind
              </th>
              <td aria-hidden="true" className="print:hidden" />
              {days.map((day) => (
                <th
                  key={day}
                  scope="col"
                  className="tnum px-2 py-1.5 text-right font-normal whitespace-nowrap print:px-1"
                >
                  {day.slice(5)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {kinds.map(({ kind, counts }) => (
              <tr key={kind}>
                <th
                  scope="row"
                  className="border-t border-line px-3 py-1.5 font-normal whitespace-nowrap print:px-1.5"
                >
                  {KIND_WORDS[kind].many}
                </th>
                <td aria-hidden="true" className="border-t border-line px-2 print:hidden">
                  <Spark counts={counts} />
                </td>
                {days.map((day, at) => (
                  <td key={day} className="tnum border-t border-line px-2 py-1.5 text-right print:px-1">
                    <NextLink
                      href={boardHref({ kind: [kind], on: day })}
                      prefetch={false}
                      aria-label={`${KIND_WORDS[kind].many} open on ${day}: ${counts[at] ?? 0}`}
                      className="rounded-sm hover:text-accent-ink hover:underline"
                    >
                      {counts[at] ?? 0}
                    </NextLink>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
