-- How the demo tenant appears on its invoices.
select set_config('app.tenant_id', 'default', true);

insert into billing_management.billing_profiles (tenant_id, legal_name, address, tax_id, email, locale, methods, updated_at)
values (
    'default', 'PT Contoh Perdagangan Cerdas', E'Gedung Contoh, Lantai 17\nJl. Jenderal Sudirman Kav. 1\nJakarta Selatan 12190\nIndonesia',
    '01.234.567.8-901.000', 'billing@ai-trading.example', 'id',
    '{bank_transfer, gopay, shopeepay, dana, indomaret, alfamart, credit_card}', now())
on conflict do nothing;
