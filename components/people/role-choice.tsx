import { Checkbox } from "#components/ui/checkbox.tsx";
import { ROLE_WORDS, ROLES, type Role } from "#server/domain/person/states.ts";

const MEANS: Record<Role, string> = {
  operator: "Onboards tenants: previews stages, runs what reads, asks for changes, hands over.",
  reviewer: "Approves or refuses changes that others ask for.",
  manager: "Follows tenants, jobs and runbooks.",
  admin: "Adds people, changes their roles, ends their sessions. No right over the cloud.",
  auditor: "Sees everything, the people and the audit included; changes nothing.",
};

type RoleChoiceProps = {
  chosen: ReadonlySet<Role>;
  onChange: (chosen: ReadonlySet<Role>) => void;
  error: string | null;
  disabled?: boolean;
};

/** The roles of the policy table, each with what it is for. */
export function RoleChoice({ chosen, onChange, error, disabled = false }: RoleChoiceProps) {
  return (
    <fieldset className="grid gap-2">
      <legend className="pb-1 font-medium">Roles</legend>
      {ROLES.map((role) => (
        <Checkbox
          key={role}
          name="roles"
          value={role}
          label={ROLE_WORDS[role]}
          hint={MEANS[role]}
          disabled={disabled}
          checked={chosen.has(role)}
          onChange={({ target }) => {
            const next = new Set(chosen);
            if (target.checked) next.add(role);
            else next.delete(role);
            onChange(next);
          }}
        />
      ))}
      <p aria-live="polite" className="text-small text-bad">
        {error}
      </p>
    </fieldset>
  );
}
