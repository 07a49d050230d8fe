import NextLink from "next/link";

export type Bar = { key: string; label: string; count: number; href: string };

/** Counts as bars, each a link to what it counts; a table for whoever reads it by ear. */
export function Bars({ caption, bars }: { caption: string; bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <table className="w-full border-separate border-spacing-y-1 text-left">
      <caption className="sr-only">{caption}</caption>
      <tbody>
        {bars.map(({ key, label, count, href }) => (
          <tr key={key} className="group/row">
            <th scope="row" className="w-44 pr-3 font-normal text-ink-2 max-sm:w-32">
              {label}
            </th>
            <td className="w-14 pr-3 text-right">
              <NextLink
                href={href}
                prefetch={false}
                className="tnum rounded-sm font-medium text-ink hover:text-accent-ink hover:underline"
                aria-label={`${label}: ${count}`}
              >
                {count}
              </NextLink>
            </td>
            <td aria-hidden="true">
              <svg width="100%" height="14" preserveAspectRatio="none" viewBox="0 0 100 14">
                <rect x="0" y="3" width={(count / most) * 100} height="8" rx="1" className="fill-run-mark" />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
