-- The owner's three tiers. A year costs ten months; IDR prices are set, not converted.
insert into $service$.subscription_tiers (id, code, name, description, price, billing_cycle, features, limits) values
    ('01930000-0000-7000-8000-000000000001', 'free', 'Free', 'Basic predictions to try the platform.', 0, 'monthly',
     '["basic_predictions", "limited_api_calls"]', '{"apiCallsPerDay": 100, "predictionsPerMonth": 50}'),
    ('01930000-0000-7000-8000-000000000002', 'pro', 'Pro', 'Advanced predictions and analytics.', 29.99, 'monthly',
     '["advanced_predictions", "extended_api_calls", "analytics"]', '{"apiCallsPerDay": 10000, "predictionsPerMonth": 1000}'),
    ('01930000-0000-7000-8000-000000000003', 'enterprise', 'Enterprise', 'Unlimited use and custom models.', 99.99, 'monthly',
     '["unlimited_predictions", "unlimited_api_calls", "custom_models"]', '{"apiCallsPerDay": -1, "predictionsPerMonth": -1}'),
    ('01930000-0000-7000-8000-000000000011', 'free', 'Free', 'Basic predictions to try the platform.', 0, 'yearly',
     '["basic_predictions", "limited_api_calls"]', '{"apiCallsPerDay": 100, "predictionsPerMonth": 50}'),
    ('01930000-0000-7000-8000-000000000012', 'pro', 'Pro', 'Advanced predictions and analytics.', 299.90, 'yearly',
     '["advanced_predictions", "extended_api_calls", "analytics"]', '{"apiCallsPerDay": 10000, "predictionsPerMonth": 1000}'),
    ('01930000-0000-7000-8000-000000000013', 'enterprise', 'Enterprise', 'Unlimited use and custom models.', 999.90, 'yearly',
     '["unlimited_predictions", "unlimited_api_calls", "custom_models"]', '{"apiCallsPerDay": -1, "predictionsPerMonth": -1}');

insert into $service$.tier_prices (tier_id, currency, amount) values
    ('01930000-0000-7000-8000-000000000001', 'USD', 0), ('01930000-0000-7000-8000-000000000001', 'IDR', 0),
    ('01930000-0000-7000-8000-000000000002', 'USD', 29.99), ('01930000-0000-7000-8000-000000000002', 'IDR', 479000),
    ('01930000-0000-7000-8000-000000000003', 'USD', 99.99), ('01930000-0000-7000-8000-000000000003', 'IDR', 1599000),
    ('01930000-0000-7000-8000-000000000011', 'USD', 0), ('01930000-0000-7000-8000-000000000011', 'IDR', 0),
    ('01930000-0000-7000-8000-000000000012', 'USD', 299.90), ('01930000-0000-7000-8000-000000000012', 'IDR', 4790000),
    ('01930000-0000-7000-8000-000000000013', 'USD', 999.90), ('01930000-0000-7000-8000-000000000013', 'IDR', 15990000);
