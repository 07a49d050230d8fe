/** Names and hints of a tenant's inputs, for the form and for the page. */
export const INPUT_WORDS = {
  slug: {
    label: "Client name",
    hint: "Lower-case letters, digits and hyphens. It becomes the domain's name and begins the names of all that is made.",
  },
  cidr: { label: "Tenant network", hint: "A free network, such as 10.20.24.0/24." },
  instances: { label: "Instances", hint: "Servers at once, nodes included" },
  cores: { label: "Cores", hint: "Virtual processors in all" },
  ramMb: { label: "Memory in MiB", hint: "51200 is 50 GiB" },
  nodeCount: { label: "Worker nodes", hint: "Of the first cluster" },
} as const;
