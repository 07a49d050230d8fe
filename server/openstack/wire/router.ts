import { z } from "zod";

const fixedIp = z.looseObject({ subnet_id: z.string(), ip_address: z.string() });

/** https://docs.openstack.org/api-ref/network/v2/#routers-routers */
export const router = z.looseObject({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  status: z.string(),
  admin_state_up: z.boolean(),
  /** Null until a gateway is set. */
  external_gateway_info: z
    .looseObject({
      network_id: z.string(),
      enable_snat: z.boolean().optional(),
      external_fixed_ips: z.array(fixedIp),
    })
    .nullable(),
});

/** POST, GET and PUT /v2.0/routers/{router_id} */
export const routerBody = z.looseObject({ router });

/** GET /v2.0/routers */
export const routersBody = z.looseObject({ routers: z.array(router) });

/** PUT /v2.0/routers/{router_id}/add_router_interface; `id` is the router's. */
export const routerInterfaceBody = z.looseObject({
  id: z.string(),
  port_id: z.string(),
  subnet_id: z.string(),
  network_id: z.string().optional(),
});

/** https://docs.openstack.org/api-ref/network/v2/#ports */
export const port = z.looseObject({
  id: z.string(),
  network_id: z.string(),
  device_id: z.string(),
  /** "network:router_interface" for the inside of a router. */
  device_owner: z.string(),
  fixed_ips: z.array(fixedIp),
});

/** GET /v2.0/ports: the one way to see a router's interfaces. */
export const portsBody = z.looseObject({ ports: z.array(port) });

export type Router = z.output<typeof router>;
export type Port = z.output<typeof port>;
