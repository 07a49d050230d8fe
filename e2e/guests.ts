import type { Api } from "#server/demo/api-client.ts";
import { until } from "./until.ts";

/** The node of the embedded hypervisor as a host of the console, looked at; answers its id. */
export async function hostWithGuests(api: Api): Promise<string> {
  const { hosts, hypervisors } = await api.guests.fleet.query({});
  const [known] = hosts;
  const cloudId = hypervisors[0]?.id ?? "";
  const hostId = known?.id ?? (await api.guests.addHost.mutate({ cloudId, node: "pve1" })).tenantId;
  await until(async () => (await api.guests.host.query({ tenantId: hostId })).actual);
  return hostId;
}

/** Saves what its guests are wanted to be, over whatever was wanted before. */
export async function wantGuests(api: Api, hostId: string, document: object): Promise<void> {
  const { desired } = await api.guests.host.query({ tenantId: hostId });
  await api.guests.save.mutate({
    tenantId: hostId,
    seenGeneration: desired?.generation ?? 0,
    document: JSON.stringify(document),
    reason: "As the plan of the machines has it",
  });
}
