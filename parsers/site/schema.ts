import * as z from 'zod';

const address = z.string().regex(/^\d{1,3}(\.\d{1,3}){3}$/, 'an IPv4 address such as 192.0.2.1');
const network = z.string().describe('a network such as 192.0.2.0/24');
const portItem = z.union([
  z.int().min(1).max(65535),
  z.string().regex(/^(\d+-\d+|\d+|any)$/, 'a port or a range such as 1024-2047'),
]);
const ports = z.union([z.array(portItem), portItem]);
const addresses = z.union([z.string(), z.array(z.string())], {
  error: 'a network (192.0.2.0/28), a range (192.0.2.10-192.0.2.20), an address, or a list of them',
});
const parties = z.union([z.string(), z.array(z.string()).min(1)]);
const isoDate = z.union([z.iso.date(), z.date().transform((d) => d.toISOString().slice(0, 10))]);
const severity = z.enum(['critical', 'high', 'medium', 'low', 'info', 'off']);

const target = z
  .strictObject({
    address: address.optional().describe('the address of one host'),
    addresses: addresses
      .optional()
      .describe('several hosts, each a target named NAME/ADDRESS: networks, ranges A-B, addresses'),
    except: addresses.optional().describe('addresses, ranges and networks that addresses leaves out'),
    aliases: z
      .array(z.string())
      .default([])
      .describe('other addresses or names that evidence may call it by; not with addresses'),
    segment: z.string().optional(),
    listeners: ports.optional().describe('ports on which a service is known to listen'),
    defences: z
      .array(z.enum(['portsentry', 'fail2ban', 'tarpit']))
      .default([])
      .describe('what on the host reacts to scans'),
  })
  // For editors only: the reader of targets says it in words.
  .meta({
    oneOf: [{ required: ['address'] }, { required: ['addresses'] }],
    dependentRequired: { except: ['addresses'] },
  });

/** The site file's shape: the one source for decoding, for editors' JSON Schema and for the docs. */
export const siteSchema = z.strictObject({
  site: z.string().min(1).describe('name of the site; evidence carries it'),
  routers: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        config: z.string().min(1).describe('configuration file, relative to this file'),
        version: z
          .union([z.string(), z.number().transform(String)])
          .optional()
          .describe('full IOS train such as 12.1(5)T15'),
      }),
    )
    .default([])
    .describe('the routers in the path'),
  segments: z.record(z.string(), network).default({}).describe('name: network of each segment'),
  targets: z.record(z.string(), target).describe('the hosts whose exposure is proven'),
  vantages: z
    .record(
      z.string(),
      z.strictObject({
        address: address.describe('the address that probes'),
        sources: z
          .union([z.string(), z.array(z.string()).min(1)])
          .optional()
          .describe('the sources it stands for: any, networks, addresses; default: its address'),
        enters: z
          .string()
          .optional()
          .describe('"ROUTER INTERFACE" where its packets enter; absent inside a segment'),
        segment: z.string().optional(),
      }),
    )
    .describe('the places to look from'),
  policy: z
    .array(
      z.strictObject({
        from: parties,
        to: parties,
        tcp: ports.optional(),
        udp: ports.optional(),
        wrapped: ports.optional().describe('TCP ports that may accept and close at once'),
        action: z.enum(['allow', 'deny']).default('allow'),
        why: z.string().optional().describe('the reason, for whoever reads this next'),
        unconfirmed: z.boolean().default(false).describe('drafted, not yet confirmed by a person'),
      }),
    )
    .default([])
    .describe('what is allowed; anything else is denied to the vantages'),
  canaries: z
    .record(z.string(), z.int().min(1).max(65535))
    .default({})
    .describe('target: TCP port known open; of a group for all of its members'),
  management: z
    .strictObject({ operator: address, port: z.int().min(1).max(65535).default(22) })
    .optional()
    .describe('who configures the router, so that a change that cuts this flow is seen'),
  waivers: z
    .array(
      z.strictObject({
        finding: z.string(),
        vantage: z.string().optional(),
        target: z.string().optional(),
        ports: ports.optional(),
        owner: z.string().min(1),
        why: z.string().min(1),
        until: isoDate.describe('last day on which it holds'),
      }),
    )
    .default([]),
  lint: z
    .strictObject({
      severities: z.record(z.string(), severity).default({}),
      suppress: z
        .array(
          z.strictObject({
            rule: z.string(),
            acl: z.union([z.string(), z.number().transform(String)]).optional(),
            why: z.string().min(1),
            until: isoDate.optional(),
          }),
        )
        .default([]),
    })
    .default({ severities: {}, suppress: [] }),
  scanIntervalDays: z.number().positive().optional().describe('promised days between scans'),
  clock: z
    .union([z.iso.datetime({ local: true }), z.date().transform((d) => d.toISOString())])
    .optional()
    .describe("the router's own wall clock, for time-ranges"),
});

export type RawSite = z.infer<typeof siteSchema>;
export type RawTarget = z.infer<typeof target>;
export type RawPorts = z.infer<typeof ports>;

/** The JSON Schema of site files, for editors. */
export const siteJsonSchema = (): unknown =>
  z.toJSONSchema(siteSchema, { io: 'input', unrepresentable: 'any' });
