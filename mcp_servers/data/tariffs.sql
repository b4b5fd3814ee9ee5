-- name, type, price, excludes_vat, data_gb, minutes, texts, lines, contract_months, roaming_gb, description
INSERT INTO tariff VALUES
('SIM Only 5GB', 'sim_only', 900, 0, 5, NULL, NULL, 1, 1, 0, 'a light SIM-only plan that you can cancel at any time'),
('SIM Only 50GB', 'sim_only', 1600, 0, 50, NULL, NULL, 1, 12, 0, 'our most popular SIM-only plan'),
('SIM Only Unlimited', 'sim_only', 2600, 0, NULL, NULL, NULL, 1, 12, 25, 'unlimited 5G data for your own phone, with roaming in Europe'),
('Phone Plan 25GB', 'pay_monthly', 3200, 0, 25, NULL, NULL, 1, 24, 0, 'a phone and 25 GB in one monthly payment'),
('Phone Plan 100GB', 'pay_monthly', 3900, 0, 100, NULL, NULL, 1, 24, 25, 'a phone and 100 GB, with roaming in Europe'),
('Phone Plan Unlimited', 'pay_monthly', 4800, 0, NULL, NULL, NULL, 1, 24, 30, 'a flagship phone, unlimited data, and roaming in Europe, the Americas and more'),
('Prepaid 10GB', 'prepaid', 1000, 0, 10, 1000, 1000, 1, 0, 0, 'paid in advance every month, with no contract and no credit check'),
('Prepaid 30GB', 'prepaid', 1500, 0, 30, NULL, NULL, 1, 0, 5, 'more prepaid data, with roaming in Europe'),
('Family 100GB', 'family', 4500, 0, 100, NULL, NULL, 3, 24, 20, '100 GB shared by three lines on one bill'),
('Family Unlimited', 'family', 7500, 0, NULL, NULL, NULL, 4, 24, 25, 'unlimited data for four lines on one bill'),
('Business 50GB', 'business', 2400, 1, 50, NULL, NULL, 1, 12, 20, 'a business line with next-day support'),
('Business Unlimited', 'business', 3800, 1, NULL, NULL, NULL, 1, 24, 40, 'unlimited data for business, with roaming in Europe, the Americas and more');

INSERT INTO tariff_roaming SELECT name, 'home_islands' FROM tariff;
INSERT INTO tariff_roaming SELECT name, 'europe' FROM tariff WHERE roaming_gb > 0;
INSERT INTO tariff_roaming SELECT tariff.name, zone FROM tariff, zone
WHERE tariff.name IN ('Phone Plan Unlimited', 'Business Unlimited') AND zone IN ('europe_plus', 'americas');

-- name, category, price, period, data_gb, description
INSERT INTO add_on VALUES
('Data Boost 5GB', 'data', 350, 'month', 5, 'an extra 5 GB of UK data every month'),
('Data Boost 10GB', 'data', 550, 'month', 10, 'an extra 10 GB of UK data every month'),
('Data Boost 50GB', 'data', 1200, 'month', 50, 'an extra 50 GB of UK data every month'),
('International Minutes 100', 'calls', 400, 'month', 0, '100 minutes a month from the UK to 60 countries'),
('International Minutes Unlimited', 'calls', 1000, 'month', 0, 'unlimited minutes from the UK to 60 countries'),
('Europe Roaming 30 Days', 'roaming', 1500, '30 days', 0, 'use your UK allowances in Europe for 30 days, up to 12 GB'),
('World Roaming 7 Days', 'roaming', 2800, '7 days', 0, 'use your UK allowances in all our zones for 7 days, up to 5 GB'),
('Phone Insurance', 'insurance', 700, 'month', 0, 'cover for loss, theft and accidental damage'),
('Phone Insurance Plus', 'insurance', 1100, 'month', 0, 'cover for loss, theft and damage worldwide, with a next-day replacement'),
('StreamBox', 'entertainment', 699, 'month', 0, 'films and series on your phone and one more screen'),
('Family Safety', 'security', 250, 'month', 0, 'content filters and screen time limits for children''s lines'),
('Extra Family Line', 'lines', 800, 'month', 0, 'one more line that shares the family plan''s data'),
('Watch Plan', 'lines', 600, 'month', 0, 'your own number and data on a smartwatch');
