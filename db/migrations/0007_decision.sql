CREATE TABLE "decision_record" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "decision_record_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"decision_id" text NOT NULL,
	"job_id" uuid NOT NULL,
	"digest" text NOT NULL,
	"action" text NOT NULL,
	"effect" text NOT NULL,
	"reason" text NOT NULL,
	"question" jsonb NOT NULL,
	"envelope" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "decision_record_id" CHECK ("decision_record"."decision_id" ~ '^decision:[0-9a-f]{16}$'),
	CONSTRAINT "decision_record_is_envelope" CHECK ("decision_record"."envelope"->>'id' = "decision_record"."decision_id" and "decision_record"."envelope"->>'effect' = "decision_record"."effect" and "decision_record"."question"->>'action' = "decision_record"."action")
);
--> statement-breakpoint
ALTER TABLE "decision_record" ADD CONSTRAINT "decision_record_job_id_digest_job_id_digest_fk" FOREIGN KEY ("job_id","digest") REFERENCES "public"."job"("id","digest") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "decision_record_job" ON "decision_record" USING btree ("job_id","seq");--> statement-breakpoint
-- An approval is spent, and with that a job starts, only after a decision that allows exactly this plan was written down.
create function job_start_is_decided() returns trigger language plpgsql as $$
begin
  if not exists (
    select 1 from decision_record
    where job_id = new.id and digest = new.digest and action = 'job.execute' and effect = 'allow'
  ) then
    raise exception 'no decision on record allows this job to start' using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger job_start_is_decided before update of consumed_at on job for each row
  when (old.consumed_at is null and new.consumed_at is not null) execute function job_start_is_decided();
