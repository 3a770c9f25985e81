alter table $service$.invoices
    -- what payments have brought to it, and what credit notes have taken off it; the rest of the total is due
    add column amount_paid numeric(18,2) not null default 0 check (amount_paid >= 0),
    add column amount_credited numeric(18,2) not null default 0 check (amount_credited >= 0),
    -- when the saved method is charged next; null: it is not
    add column collect_at timestamptz,
    add column collect_attempts int not null default 0,
    -- the ISO week of the last reminder
    add column reminded_week text,
    -- the last step of dunning that was taken, as days after the due date
    add column dunning_stage int not null default 0,
    -- dunning begins anew when a payment was taken back
    add column reopened_at timestamptz,
    add column written_off_at timestamptz;
update $service$.invoices set amount_paid = total_amount where status = 'paid' and payment_transaction_id is not null;
alter table $service$.invoices add constraint invoices_not_overpaid check (amount_paid + amount_credited <= total_amount);
create index invoices_to_collect on $service$.invoices (collect_at) where collect_at is not null;
create index invoices_unpaid on $service$.invoices (tenant_id, due_date) where status in ('pending', 'overdue') and written_off_at is null;

-- Money that came in, and where it is: on its invoice, in the payer's credit balance, or on its way back. A payment that was taken back is nowhere.
create table $service$.payments_received (
    tenant_id text not null,
    payment_id uuid not null,
    invoice_id uuid not null,
    user_id uuid not null,
    currency text not null,
    -- 0 until we have heard of it: its refund or its end may be told first
    amount numeric(18,2) not null default 0 check (amount >= 0),
    method text,
    applied numeric(18,2) not null default 0 check (applied >= 0),
    credited numeric(18,2) not null default 0 check (credited >= 0),
    returned numeric(18,2) not null default 0 check (returned >= 0),
    -- what of the credit balance is from it: credited without the tax that the balance will save
    credited_net numeric(18,2) not null default 0 check (credited_net >= 0),
    -- what Payments has told to have gone back
    refunded numeric(18,2) not null default 0 check (refunded >= 0),
    -- what went back although it had been spent, as the balance counts
    uncovered numeric(18,2) not null default 0 check (uncovered >= 0),
    -- why not all of it pays its invoice: overpaid, already_paid, cancelled, unmatched
    flag text,
    received_at timestamptz,
    reversed_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, payment_id),
    check (applied + credited + returned = case when reversed_at is null then amount else 0 end)
);
create index payments_received_of_invoice on $service$.payments_received (tenant_id, invoice_id);
create index payments_received_by_time on $service$.payments_received (tenant_id, received_at);
insert into $service$.payments_received (tenant_id, payment_id, invoice_id, user_id, currency, amount, applied, received_at, created_at, updated_at)
select tenant_id, payment_transaction_id, id, user_id, currency, total_amount, total_amount, paid_date, paid_date, paid_date
from $service$.invoices where status = 'paid' and payment_transaction_id is not null;

alter table $service$.credit_entries
    add column payment_id uuid,
    add column credit_note_id uuid,
    -- who changed it by hand
    add column actor text;
create index credit_entries_by_time on $service$.credit_entries (tenant_id, created_at);

create table $service$.credit_notes (
    tenant_id text not null,
    id uuid not null,
    credit_note_number text not null,
    invoice_id uuid not null,
    user_id uuid not null,
    currency text not null,
    reason text not null,
    amount numeric(18,2) not null check (amount >= 0),
    tax_rate numeric(6,4) not null,
    tax_amount numeric(18,2) not null check (tax_amount >= 0),
    total_amount numeric(18,2) not null check (total_amount > 0),
    -- where the total went: off what was still due, to the credit balance, or back by the way it came
    reduced numeric(18,2) not null check (reduced >= 0),
    credited numeric(18,2) not null check (credited >= 0),
    refunded numeric(18,2) not null check (refunded >= 0),
    actor text not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    constraint credit_notes_number unique (tenant_id, credit_note_number),
    foreign key (tenant_id, invoice_id) references $service$.invoices (tenant_id, id),
    check (total_amount = amount + tax_amount),
    check (total_amount = reduced + credited + refunded)
);
create index credit_notes_of_invoice on $service$.credit_notes (tenant_id, invoice_id);
create index credit_notes_of_user on $service$.credit_notes (tenant_id, user_id, id);

create table $service$.credit_note_lines (
    tenant_id text not null,
    id uuid not null,
    credit_note_id uuid not null,
    invoice_line_id uuid not null,
    description text not null,
    amount numeric(18,2) not null check (amount > 0),
    primary key (tenant_id, id),
    foreign key (tenant_id, credit_note_id) references $service$.credit_notes (tenant_id, id)
);
create index credit_note_lines_of_note on $service$.credit_note_lines (tenant_id, credit_note_id);
create index credit_note_lines_of_line on $service$.credit_note_lines (tenant_id, invoice_line_id);

-- Like invoice_counters.
create table $service$.credit_note_counters (
    tenant_id text not null,
    month date not null,
    last_number bigint not null,
    primary key (tenant_id, month)
);

-- What credit notes send back, payment by payment; Payments does each once by its id.
create table $service$.credit_note_refunds (
    tenant_id text not null,
    id uuid not null,
    credit_note_id uuid not null,
    invoice_id uuid not null,
    payment_id uuid not null,
    user_id uuid not null,
    amount numeric(18,2) not null check (amount > 0),
    currency text not null,
    reason text not null,
    status text not null default 'pending' check (status in ('pending', 'sent', 'refused')),
    status_reason text,
    -- when Payments is asked next; null when it has answered
    ask_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, credit_note_id) references $service$.credit_notes (tenant_id, id)
);
create index credit_note_refunds_to_ask on $service$.credit_note_refunds (ask_at) where ask_at is not null;
create index credit_note_refunds_of_note on $service$.credit_note_refunds (tenant_id, credit_note_id);
create index credit_note_refunds_of_payment on $service$.credit_note_refunds (tenant_id, payment_id);

-- How a tenant reminds of what is overdue; without a row as the defaults say.
create table $service$.dunning_policies (
    tenant_id text primary key,
    retry_days int[] not null default '{1,3,7}',
    suspend_after_days int not null default 14,
    write_off_after_days int not null default 60,
    updated_at timestamptz not null,
    updated_by text not null
);
