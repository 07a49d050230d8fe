CREATE TABLE "break_glass" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"digest" text NOT NULL,
	"requested_by" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"session_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"review_by" timestamp with time zone NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "break_glass_people" UNIQUE("job_id","person_id","requested_by")
);
--> statement-breakpoint
CREATE TABLE "break_glass_review" (
	"job_id" uuid NOT NULL,
	"broken_by" uuid NOT NULL,
	"requested_by" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"note" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "break_glass_review_job_id_person_id_pk" PRIMARY KEY("job_id","person_id"),
	CONSTRAINT "break_glass_review_others" CHECK ("break_glass_review"."person_id" <> "break_glass_review"."broken_by" and "break_glass_review"."person_id" <> "break_glass_review"."requested_by")
);
--> statement-breakpoint
ALTER TABLE "break_glass" ADD CONSTRAINT "break_glass_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass" ADD CONSTRAINT "break_glass_job_id_requested_by_job_id_requested_by_fk" FOREIGN KEY ("job_id","requested_by") REFERENCES "public"."job"("id","requested_by") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass" ADD CONSTRAINT "break_glass_job_id_digest_job_id_digest_fk" FOREIGN KEY ("job_id","digest") REFERENCES "public"."job"("id","digest") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass_review" ADD CONSTRAINT "break_glass_review_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "break_glass_review" ADD CONSTRAINT "break_glass_review_job_id_broken_by_requested_by_break_glass_job_id_person_id_requested_by_fk" FOREIGN KEY ("job_id","broken_by","requested_by") REFERENCES "public"."break_glass"("job_id","person_id","requested_by") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- One at a time, so that of two at the same moment the fourth finds three.
create function break_glass_is_rare() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7030437);
  if (
    select count(*) from break_glass
    where (select count(*) from break_glass_review where break_glass_review.job_id = break_glass.job_id) < 2
  ) >= 3 then
    raise exception 'earlier uses have not been looked at' using errcode = 'check_violation';
  end if;
  if exists (select 1 from job where id = new.job_id and effect = 'read') then
    raise exception 'a read needs no emergency' using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger break_glass_is_rare before insert on break_glass for each row execute function break_glass_is_rare();
--> statement-breakpoint
-- What was let go in an emergency starts with a signature only; a signature is never the requester's own.
create function break_glass_is_signed() returns trigger language plpgsql as $$
begin
  if exists (select 1 from break_glass where job_id = new.id)
    and not exists (select 1 from signature where job_id = new.id and digest = new.digest) then
    raise exception 'an emergency takes a signature' using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger break_glass_is_signed before update of consumed_at on job for each row
  when (old.consumed_at is null and new.consumed_at is not null) execute function break_glass_is_signed();
--> statement-breakpoint
create trigger announce after insert on break_glass for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert on break_glass_review for each row execute function announce_change();
