insert into audit_head (id, seq, hash) values (1, 0, repeat('0', 64));
--> statement-breakpoint
-- Changes are announced by the database itself, in the transaction that makes them, so that no writer can forget.
-- Payloads carry ids only (a NOTIFY holds at most 8000 bytes); readers fetch the rows with their own rights.
create function announce_change() returns trigger language plpgsql as $$
declare
  row_json jsonb := to_jsonb(new);
begin
  perform pg_notify('countersign', json_build_object(
    'kind', tg_table_name,
    'id', coalesce(row_json->>'id', row_json->>'job_id'),
    'tenantId', row_json->>'tenant_id',
    'jobId', row_json->>'job_id',
    'state', row_json->>'state',
    'seq', row_json->>'seq'
  )::text);
  return null;
end $$;
--> statement-breakpoint
create trigger announce after insert or update on job for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert or update on plan for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert on approval for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert on output_line for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert on evidence for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert on gate_result for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert on journal_entry for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert on finding for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert on job_resolution for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert or update on tenant for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert or update on handover for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after update on session for each row when (new.ended_at is not null and old.ended_at is null) execute function announce_change();
--> statement-breakpoint
create trigger announce after update on cloud for each row when (new.state is distinct from old.state) execute function announce_change();
