CREATE TABLE "standing_approval" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" integer GENERATED ALWAYS AS IDENTITY (sequence name "standing_approval_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"proposal_id" uuid NOT NULL,
	"content" jsonb NOT NULL,
	"made_by" uuid NOT NULL,
	"agreed_by" uuid NOT NULL,
	"max_uses" integer NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_until" timestamp with time zone NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"withdrawn_by" uuid,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "standing_approval_number_unique" UNIQUE("number"),
	CONSTRAINT "standing_approval_proposal_id_unique" UNIQUE("proposal_id"),
	CONSTRAINT "standing_approval_by_two" CHECK ("standing_approval"."made_by" <> "standing_approval"."agreed_by"),
	CONSTRAINT "standing_approval_uses" CHECK ("standing_approval"."max_uses" between 1 and 100),
	CONSTRAINT "standing_approval_time" CHECK ("standing_approval"."valid_until" > "standing_approval"."valid_from" and "standing_approval"."valid_until" <= "standing_approval"."valid_from" + interval '30 days'),
	CONSTRAINT "standing_approval_withdrawn" CHECK (("standing_approval"."withdrawn_by" is null) = ("standing_approval"."withdrawn_at" is null))
);
--> statement-breakpoint
CREATE TABLE "standing_use" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"digest" text NOT NULL,
	"requested_by" uuid NOT NULL,
	"standing_id" uuid NOT NULL,
	"use" integer NOT NULL,
	"session_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "standing_use_once" UNIQUE("standing_id","use")
);
--> statement-breakpoint
ALTER TABLE "standing_approval" ADD CONSTRAINT "standing_approval_proposal_id_proposal_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."proposal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_approval" ADD CONSTRAINT "standing_approval_made_by_person_id_fk" FOREIGN KEY ("made_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_approval" ADD CONSTRAINT "standing_approval_agreed_by_person_id_fk" FOREIGN KEY ("agreed_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_approval" ADD CONSTRAINT "standing_approval_withdrawn_by_proposal_id_fk" FOREIGN KEY ("withdrawn_by") REFERENCES "public"."proposal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_use" ADD CONSTRAINT "standing_use_standing_id_standing_approval_id_fk" FOREIGN KEY ("standing_id") REFERENCES "public"."standing_approval"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_use" ADD CONSTRAINT "standing_use_job_id_requested_by_job_id_requested_by_fk" FOREIGN KEY ("job_id","requested_by") REFERENCES "public"."job"("id","requested_by") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "standing_use" ADD CONSTRAINT "standing_use_job_id_digest_job_id_digest_fk" FOREIGN KEY ("job_id","digest") REFERENCES "public"."job"("id","digest") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Two people made it: what it says is what the one asked and the other agreed to.
create function standing_is_proposed() returns trigger language plpgsql as $$
begin
  if not exists (
    select 1 from proposal
    where id = new.proposal_id and kind = 'standing.grant' and state = 'applied' and content = new.content
      and requested_by = new.made_by and decided_by = new.agreed_by
  ) then
    raise exception 'a standing approval is an applied proposal of two people' using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger standing_is_proposed before insert on standing_approval for each row execute function standing_is_proposed();
--> statement-breakpoint
-- The row of the standing approval is locked, so that of two last uses one finds it used up.
create function standing_use_holds() returns trigger language plpgsql as $$
declare
  standing standing_approval;
begin
  select * into standing from standing_approval where id = new.standing_id for no key update;
  if standing.withdrawn_at is not null or new.at < standing.valid_from or new.at >= standing.valid_until then
    raise exception 'the standing approval does not hold' using errcode = 'check_violation';
  end if;
  if new.use < 1 or new.use > standing.max_uses then
    raise exception 'the standing approval is used up' using errcode = 'check_violation';
  end if;
  if not exists (select 1 from job where id = new.job_id and effect = 'mutate') then
    raise exception 'a standing approval is for changes alone' using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger standing_use_holds before insert on standing_use for each row execute function standing_use_holds();
--> statement-breakpoint
create trigger announce after insert or update on standing_approval for each row execute function announce_change();
