import { proposeForget } from "#server/services/passkey/forget.ts";
import { addPerson } from "#server/services/person/add.ts";
import { disablePerson, enablePerson, endSessions } from "#server/services/person/disable.ts";
import { listPeople } from "#server/services/person/list.ts";
import { setRoles } from "#server/services/person/set-roles.ts";
import { procedure, router } from "../trpc.ts";

export const peopleRouter = router({
  list: procedure(listPeople)
    .input(listPeople.input)
    .query(({ ctx, input }) => listPeople(ctx, input)),
  add: procedure(addPerson)
    .input(addPerson.input)
    .mutation(({ ctx, input }) => addPerson(ctx, input)),
  setRoles: procedure(setRoles)
    .input(setRoles.input)
    .mutation(({ ctx, input }) => setRoles(ctx, input)),
  disable: procedure(disablePerson)
    .input(disablePerson.input)
    .mutation(({ ctx, input }) => disablePerson(ctx, input)),
  enable: procedure(enablePerson)
    .input(enablePerson.input)
    .mutation(({ ctx, input }) => enablePerson(ctx, input)),
  endSessions: procedure(endSessions)
    .input(endSessions.input)
    .mutation(({ ctx, input }) => endSessions(ctx, input)),
  proposeForget: procedure(proposeForget, { isSingle: true })
    .input(proposeForget.input)
    .mutation(({ ctx, input }) => proposeForget(ctx, input)),
});
