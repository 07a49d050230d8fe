CREATE TABLE "certificate_request" (
	"id" uuid PRIMARY KEY NOT NULL,
	"actor_name" text NOT NULL,
	"subject" text NOT NULL,
	"ttl_hours" integer NOT NULL,
	"public_key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"purpose" text NOT NULL,
	"run_id" text,
	"requested_by" uuid NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"decision_id" text,
	"question" jsonb,
	"envelope" jsonb,
	"step" text,
	"code" text,
	"says" text,
	"ended_at" timestamp with time zone,
	CONSTRAINT "certificate_request_decision" UNIQUE("id","decision_id"),
	CONSTRAINT "certificate_request_run" CHECK (("certificate_request"."purpose" = 'run') = ("certificate_request"."run_id" is not null)),
	CONSTRAINT "certificate_request_ttl" CHECK ("certificate_request"."ttl_hours" >= 1),
	CONSTRAINT "certificate_request_decided" CHECK (("certificate_request"."decision_id" is null) = ("certificate_request"."envelope" is null) and ("certificate_request"."decision_id" is null) = ("certificate_request"."question" is null) and coalesce("certificate_request"."envelope"->>'id' = "certificate_request"."decision_id", true)),
	CONSTRAINT "certificate_request_allowed" CHECK ("certificate_request"."state" not in ('decided', 'signed') or coalesce("certificate_request"."envelope"->>'effect', '') = 'allow'),
	CONSTRAINT "certificate_request_ended" CHECK (("certificate_request"."state" in ('signed', 'refused', 'unavailable')) = ("certificate_request"."ended_at" is not null) and ("certificate_request"."state" in ('refused', 'unavailable')) = ("certificate_request"."code" is not null) and ("certificate_request"."code" is null) = ("certificate_request"."says" is null))
);
--> statement-breakpoint
CREATE TABLE "ssh_authority" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" integer NOT NULL,
	"kind" text NOT NULL,
	"proposal_id" uuid,
	"requested_at" timestamp with time zone NOT NULL,
	"public_key" text,
	"sealed" "bytea",
	"made_at" timestamp with time zone,
	"retired_at" timestamp with time zone,
	CONSTRAINT "ssh_authority_number_unique" UNIQUE("number"),
	CONSTRAINT "ssh_authority_public_key_unique" UNIQUE("public_key"),
	CONSTRAINT "ssh_authority_made" CHECK (("ssh_authority"."made_at" is null) = ("ssh_authority"."public_key" is null)),
	CONSTRAINT "ssh_authority_sealed" CHECK (("ssh_authority"."sealed" is not null) = ("ssh_authority"."kind" = 'local' and "ssh_authority"."made_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "ssh_certificate" (
	"id" uuid PRIMARY KEY NOT NULL,
	"request_id" uuid NOT NULL,
	"decision_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"purpose" text NOT NULL,
	"authority_id" uuid NOT NULL,
	"serial" numeric(20, 0) NOT NULL,
	"key_id" text NOT NULL,
	"fingerprint" text NOT NULL,
	"principals" jsonb NOT NULL,
	"ttl_hours" integer NOT NULL,
	"valid_after" timestamp with time zone NOT NULL,
	"valid_before" timestamp with time zone NOT NULL,
	"line" text NOT NULL,
	"signed_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"revoked_by" uuid,
	"revoked_reason" text,
	CONSTRAINT "ssh_certificate_request_id_unique" UNIQUE("request_id"),
	CONSTRAINT "ssh_certificate_serial" UNIQUE("authority_id","serial"),
	CONSTRAINT "ssh_certificate_valid" CHECK ("ssh_certificate"."valid_after" < "ssh_certificate"."valid_before"),
	CONSTRAINT "ssh_certificate_ttl" CHECK ("ssh_certificate"."valid_before" - "ssh_certificate"."valid_after" <= make_interval(hours => "ssh_certificate"."ttl_hours")),
	CONSTRAINT "ssh_certificate_revoked" CHECK (("ssh_certificate"."revoked_at" is null) = ("ssh_certificate"."revoked_reason" is null))
);
--> statement-breakpoint
ALTER TABLE "certificate_request" ADD CONSTRAINT "certificate_request_requested_by_person_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ssh_authority" ADD CONSTRAINT "ssh_authority_proposal_id_proposal_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."proposal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ssh_certificate" ADD CONSTRAINT "ssh_certificate_authority_id_ssh_authority_id_fk" FOREIGN KEY ("authority_id") REFERENCES "public"."ssh_authority"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ssh_certificate" ADD CONSTRAINT "ssh_certificate_revoked_by_person_id_fk" FOREIGN KEY ("revoked_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ssh_certificate" ADD CONSTRAINT "ssh_certificate_decision" FOREIGN KEY ("request_id","decision_id") REFERENCES "public"."certificate_request"("id","decision_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "certificate_request_open" ON "certificate_request" USING btree ("requested_at") WHERE state in ('requested', 'decided');--> statement-breakpoint
CREATE INDEX "ssh_certificate_actor" ON "ssh_certificate" USING btree ("actor_name","valid_before");--> statement-breakpoint
CREATE INDEX "ssh_certificate_signed" ON "ssh_certificate" USING btree ("signed_at");--> statement-breakpoint
CREATE UNIQUE INDEX "ssh_certificate_one" ON "ssh_certificate" USING btree ("actor_name") WHERE purpose = 'person' and revoked_at is null;
--> statement-breakpoint
-- What was signed, refused or given up stays so, and a revocation is never taken back.
create function certificate_request_ends_once() returns trigger language plpgsql as $$
begin
  if old.state in ('signed', 'refused', 'unavailable') then
    raise exception 'the answer to a certificate request is final' using errcode = '23514';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger certificate_request_ends_once before update on certificate_request for each row execute function certificate_request_ends_once();
--> statement-breakpoint
create function ssh_certificate_revoked_once() returns trigger language plpgsql as $$
begin
  if old.revoked_at is not null then
    raise exception 'a revocation is final' using errcode = '23514';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger ssh_certificate_revoked_once before update on ssh_certificate for each row execute function ssh_certificate_revoked_once();
--> statement-breakpoint
create function ssh_authority_made_once() returns trigger language plpgsql as $$
begin
  if old.made_at is not null and (new.public_key is distinct from old.public_key
    or new.sealed is distinct from old.sealed or new.made_at is distinct from old.made_at
    or (old.retired_at is not null and new.retired_at is distinct from old.retired_at)) then
    raise exception 'an authority is made once, and ends once' using errcode = '23514';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger ssh_authority_made_once before update on ssh_authority for each row execute function ssh_authority_made_once();
--> statement-breakpoint
create trigger announce after insert or update on certificate_request for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert or update on ssh_certificate for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert or update on ssh_authority for each row execute function announce_change();
