-- A note on an invoice that credit had paid whole comes to nothing in money: its lines say what was taken back and that it went back as credit.
alter table $service$.credit_notes
    drop constraint credit_notes_total_amount_check,
    add constraint credit_notes_total_amount_check check (total_amount >= 0);
alter table $service$.credit_note_lines
    drop constraint credit_note_lines_amount_check,
    add constraint credit_note_lines_amount_check check (amount <> 0);
