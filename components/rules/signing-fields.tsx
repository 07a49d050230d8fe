import { Section } from "#components/ui/section.tsx";
import { ACTOR_TYPES, type ActorType } from "#server/domain/actor/states.ts";
import { type Role, ROLE_WORDS, ROLES } from "#server/domain/person/states.ts";
import { PickList } from "./rule-scope.tsx";

export type Signing = Record<ActorType, Role[]>;

/** Who may have SSH certificates signed, by the type of actor. */
export function SigningFields({
  signing,
  signers,
  onChange,
}: {
  signing: Signing;
  /** Roles to choose among. */
  signers: readonly Role[];
  onChange: (signing: Signing) => void;
}) {
  return (
    <Section
      title="Certificates"
      description="Who may have SSH certificates signed for actors of each type; one of the roles is enough."
    >
      <div className="grid gap-4 sm:grid-cols-3">
        {ACTOR_TYPES.map((type) => (
          <PickList
            key={type}
            legend={type}
            choices={signers.map((role) => ({ id: role, name: ROLE_WORDS[role] }))}
            picked={signing[type]}
            onPick={(picked) =>
              onChange({ ...signing, [type]: ROLES.filter((role) => picked.includes(role)) })
            }
          />
        ))}
      </div>
    </Section>
  );
}
