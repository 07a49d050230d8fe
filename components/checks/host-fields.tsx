import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { HostPage } from "./check-data.ts";
import type { HostDraft } from "./host-draft.ts";

type FieldsProps = { draft: HostDraft; onChange: (change: Partial<HostDraft>) => void };

/** Where a host is, how it is known, and how the console signs in. */
export function SshFields({
  draft,
  onChange,
  page: { keys, actors },
  isNew,
}: FieldsProps & { page: Pick<HostPage, "keys" | "actors">; isNew: boolean }) {
  const ways = [
    ...keys.flatMap(({ id, name, publicKey }) =>
      publicKey === null ? [] : [{ value: `key:${id}`, label: `Key ${name}` }],
    ),
    ...actors.map((name) => ({ value: `actor:${name}`, label: `Certificates for ${name}` })),
  ];
  return (
    <>
      {isNew && (
        <Field label="Name" hint="Small letters, digits and hyphens.">
          {(control) => (
            <Input
              {...control}
              value={draft.name}
              onChange={({ target }) => onChange({ name: target.value })}
            />
          )}
        </Field>
      )}
      <div className="grid gap-4 sm:grid-cols-[1fr_6rem_8rem]">
        <Field label="Address">
          {(control) => (
            <Input
              {...control}
              value={draft.address}
              onChange={({ target }) => onChange({ address: target.value })}
            />
          )}
        </Field>
        <Field label="Port">
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              value={draft.port}
              onChange={({ target }) => onChange({ port: target.value })}
            />
          )}
        </Field>
        <Field label="Account">
          {(control) => (
            <Input
              {...control}
              value={draft.user}
              onChange={({ target }) => onChange({ user: target.value })}
            />
          )}
        </Field>
      </div>
      <Field
        label="The host's own public keys"
        hint="A line each, from ssh-keyscan or known_hosts, compared with the machine itself. Only these are trusted."
      >
        {(control) => (
          <Textarea
            {...control}
            mono
            rows={3}
            value={draft.hostKeys}
            onChange={({ target }) => onChange({ hostKeys: target.value })}
          />
        )}
      </Field>
      <Field
        label="How the console signs in"
        hint="With a key of the console that the account trusts, or with a key of each run's own and a certificate that the host's sshd trusts."
      >
        {(control) => (
          <Select
            {...control}
            value={draft.signIn}
            placeholder="Choose a key or an actor"
            options={ways}
            onChange={({ target }) => onChange({ signIn: target.value })}
          />
        )}
      </Field>
    </>
  );
}

/** What documents call a host, and what blocks on it may and may not. */
export function CommonFields({ draft, onChange }: FieldsProps) {
  return (
    <>
      <Field label="Documents also call it" optional hint="Separated by commas, such as jumphost.">
        {(control) => (
          <Input
            {...control}
            value={draft.aliases}
            onChange={({ target }) => onChange({ aliases: target.value })}
          />
        )}
      </Field>
      <Field
        label="A check may set"
        optional
        hint="Names of the environment, separated by commas: BLOCK_ or OS_."
      >
        {(control) => (
          <Input
            {...control}
            value={draft.environment}
            onChange={({ target }) => onChange({ environment: target.value })}
          />
        )}
      </Field>
      <Field
        label="Denied commands"
        optional
        hint="A line each; * stands for anything. A help against slips, not a guard: what may run is what two people attest."
      >
        {(control) => (
          <Textarea
            {...control}
            mono
            rows={2}
            value={draft.denied}
            onChange={({ target }) => onChange({ denied: target.value })}
          />
        )}
      </Field>
    </>
  );
}
