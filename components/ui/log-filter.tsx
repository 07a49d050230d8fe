import Form from "next/form";
import type { ReactNode } from "react";
import { Button, ButtonLink } from "./button.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";

/** Narrows a log; a plain form, so that its state is the address and it works before scripts run. */
export function LogFilter({
  href,
  filter,
  columns,
  isNarrowed,
  children,
}: {
  /** Of the log without any filter. */
  href: string;
  filter: { from: string | null; to: string | null };
  /** The class of its columns on a wide screen, these two dates and the buttons among them. */
  columns: string;
  isNarrowed: boolean;
  /** The fields before the two dates. */
  children: ReactNode;
}) {
  return (
    // Fields keep what was typed; another filter makes them anew.
    <Form
      key={JSON.stringify(filter)}
      action={href}
      role="search"
      aria-label="Narrow the log"
      className="pb-4"
    >
      <div className={`grid items-end gap-3 sm:grid-cols-2 ${columns}`}>
        {children}
        <Field label="From" optional>
          {({ required: _required, ...control }) => (
            <Input {...control} type="date" name="from" defaultValue={filter.from ?? ""} />
          )}
        </Field>
        <Field label="To" optional>
          {({ required: _required, ...control }) => (
            <Input {...control} type="date" name="to" defaultValue={filter.to ?? ""} />
          )}
        </Field>
        <div className="flex gap-2">
          <Button type="submit">Narrow</Button>
          {isNarrowed && (
            <ButtonLink href={href} variant="ghost">
              All
            </ButtonLink>
          )}
        </div>
      </div>
    </Form>
  );
}
