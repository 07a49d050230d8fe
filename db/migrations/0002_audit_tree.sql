CREATE TABLE "audit_node" (
	"level" smallint NOT NULL,
	"index" bigint NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_node_level_index_pk" PRIMARY KEY("level","index")
);
--> statement-breakpoint
CREATE TABLE "head_delivery" (
	"head_id" uuid NOT NULL,
	"destination" text NOT NULL,
	"outcome" text NOT NULL,
	"says" text,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "head_delivery_head_id_destination_outcome_pk" PRIMARY KEY("head_id","destination","outcome")
);
--> statement-breakpoint
CREATE TABLE "installation_key" (
	"id" smallint PRIMARY KEY NOT NULL,
	"key_id" text NOT NULL,
	"public_key" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "installation_key_one" CHECK ("installation_key"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "restore_epoch" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"kept_size" bigint NOT NULL,
	"kept_root" text NOT NULL,
	"restored_size" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signed_head" (
	"id" uuid PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"head" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signing_answer" (
	"request_id" uuid PRIMARY KEY NOT NULL,
	"head_id" uuid,
	"signature" text,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signing_request" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"digest" text,
	"requested_by" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "audit_head" ADD COLUMN "frontier" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "head_delivery" ADD CONSTRAINT "head_delivery_head_id_signed_head_id_fk" FOREIGN KEY ("head_id") REFERENCES "public"."signed_head"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_answer" ADD CONSTRAINT "signing_answer_request_id_signing_request_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."signing_request"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_answer" ADD CONSTRAINT "signing_answer_head_id_signed_head_id_fk" FOREIGN KEY ("head_id") REFERENCES "public"."signed_head"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_request" ADD CONSTRAINT "signing_request_requested_by_person_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "signed_head_size" ON "signed_head" USING btree ("size","at");--> statement-breakpoint
CREATE INDEX "signing_request_at" ON "signing_request" USING btree ("at");--> statement-breakpoint
CREATE INDEX "audit_entry_action" ON "audit_entry" USING btree ("action","seq");--> statement-breakpoint
CREATE INDEX "audit_entry_actor" ON "audit_entry" USING btree (("actor" ->> 'id'),"seq");
--> statement-breakpoint
-- The tree over what was written before there was one, RFC 9162 section 2.1.1. Does nothing to an empty log.
do $$
declare
  total bigint;
  made bigint;
  deep int := 1;
begin
  select seq into total from audit_head where id = 1;
  insert into audit_node (level, index, hash)
  select 1, (a.seq - 1) / 2, encode(sha256('\x01'::bytea || decode(a.hash, 'hex') || decode(b.hash, 'hex')), 'hex')
  from audit_entry a join audit_entry b on b.seq = a.seq + 1
  where a.seq % 2 = 1;
  loop
    get diagnostics made = row_count;
    exit when made = 0;
    insert into audit_node (level, index, hash)
    select deep + 1, a.index / 2, encode(sha256('\x01'::bytea || decode(a.hash, 'hex') || decode(b.hash, 'hex')), 'hex')
    from audit_node a join audit_node b on b.level = deep and b.index = a.index + 1
    where a.level = deep and a.index % 2 = 0;
    deep := deep + 1;
  end loop;
  update audit_head set frontier = coalesce((
    select jsonb_agg(case
        when bit = 0 then (select hash from audit_entry where seq = total)
        else (select hash from audit_node where level = bit and index = (total >> bit) - 1)
      end order by bit desc)
    from generate_series(0, 61) as bit
    where (total >> bit) & 1 = 1
  ), '[]') where id = 1;
end $$;
--> statement-breakpoint
create function announce_signing() returns trigger language plpgsql as $$
begin
  perform pg_notify('countersign', json_build_object(
    'kind', tg_table_name, 'id', to_jsonb(new)->>'id', 'tenantId', null, 'jobId', null, 'state', null, 'seq', null
  )::text);
  return null;
end $$;
--> statement-breakpoint
create trigger announce after insert on signing_request for each row execute function announce_signing();
--> statement-breakpoint
create trigger announce after insert on signed_head for each row execute function announce_signing();
