-- All people and companies here are invented.
-- id, name, payment_method, pays_in_advance, base_data_mb, base_minutes, base_texts
INSERT INTO customer VALUES
('C-1001', 'Emma Clarke', 'Direct Debit', 0, 19600, 310, 85),
('C-1002', 'James Okafor', 'Direct Debit', 0, 61400, 540, 40),
('C-1003', 'Priya Shah', 'Direct Debit', 0, 71300, 1240, 390),
('C-1004', 'Tomasz Nowak', 'debit card', 1, 7100, 420, 130),
('C-1005', 'Hartley Joinery Ltd', 'bank transfer', 0, 26800, 890, 60),
('C-1006', 'Megan Evans', 'Direct Debit', 0, 33500, 150, 210);

-- customer, tariff, started, ended (both in months ago; ended is the last month, NULL = still running)
INSERT INTO plan_story VALUES
('C-1001', 'Phone Plan 25GB', 17, NULL),
('C-1002', 'Phone Plan 100GB', 19, NULL),
('C-1003', 'Family 100GB', 21, NULL),
('C-1004', 'Prepaid 10GB', 16, NULL),
('C-1005', 'Business 50GB', 18, NULL),
('C-1006', 'SIM Only Unlimited', 18, 7),
('C-1006', 'SIM Only 50GB', 6, NULL);

-- customer, add_on, quantity, started, ended
INSERT INTO add_on_story VALUES
('C-1001', 'Phone Insurance', 1, 17, NULL),
('C-1001', 'International Minutes 100', 1, 11, NULL),
('C-1001', 'Data Boost 10GB', 1, 0, NULL),
('C-1001', 'StreamBox', 1, 7, 5),
('C-1002', 'Phone Insurance Plus', 1, 19, NULL),
('C-1002', 'Watch Plan', 1, 4, NULL),
('C-1003', 'Extra Family Line', 2, 21, NULL),
('C-1003', 'Family Safety', 2, 12, NULL),
('C-1003', 'StreamBox', 1, 9, NULL),
('C-1004', 'Data Boost 5GB', 1, 2, 2),
('C-1005', 'Data Boost 10GB', 1, 3, NULL),
('C-1006', 'International Minutes Unlimited', 1, 10, 8);

-- customer, description, meaning, pence, started, ended
INSERT INTO discount_story VALUES
('C-1001', 'Loyalty discount', 'A monthly discount for customers who have been with us for more than a year.', -300, 17, NULL),
('C-1002', 'Welcome discount', 'A discount for the first year of your contract.', -500, 19, 8),
('C-1003', 'Family discount', 'A discount for having more than one line on the same bill.', -400, 21, NULL);

-- customer, months_ago, kind, description, meaning, pence
INSERT INTO extra_story VALUES
('C-1001', 1, 'calls', 'Calls to 0845 numbers', '16 minutes at 20p a minute; these numbers are not in your plan''s minutes.', 320),
('C-1001', 6, 'calls', 'Calls to premium-rate numbers', '3 minutes at £1.50 a minute; premium-rate numbers are not in your plan''s minutes.', 450),
('C-1001', 10, 'data', 'Extra data', 'Two 1 GB extras at £3.25, added when your data ran out.', 650),
('C-1001', 12, 'texts', 'Picture messages', '4 picture messages at 55p each; they are not in your plan''s texts.', 220),
('C-1002', 2, 'calls', 'Calls from the UK to other countries', '14 minutes to South Africa at 85p a minute.', 1190),
('C-1003', 1, 'texts', 'Premium texts', '6 competition texts at £1.00 each, sent from one of your family lines.', 600),
('C-1003', 5, 'data', 'Extra data', 'Two 1 GB extras at £3.25, added when the shared data ran out.', 650),
('C-1003', 8, 'calls', 'Directory enquiries', '2 calls to 118 numbers at £5.49 each; these numbers are not in your plan''s minutes.', 1098),
('C-1005', 0, 'fee', 'Itemised paper bill', 'A charge for a printed bill sent by post.', 200),
('C-1005', 2, 'fee', 'Late payment fee', 'A fee because an earlier bill was paid after its due date.', 500),
('C-1005', 4, 'calls', 'Calls to 084 and 087 numbers', '95 minutes at 18p a minute; these numbers are not in your plan''s minutes.', 1710),
('C-1006', 3, 'fee', 'Replacement SIM', 'A replacement for a lost SIM card, sent by post.', 100),
('C-1006', 9, 'calls', 'Calls to 0870 numbers', '22 minutes at 22p a minute; these numbers are not in your plan''s minutes.', 484);

-- customer, months_ago, country, days, day_passes, minutes_made, minutes_received, texts, data_mb
-- A trip has a day pass for every day, or none: then each minute, text and MB is charged.
INSERT INTO trip_story VALUES
('C-1001', 3, 'ES', 7, 7, 34, 21, 12, 4300),
('C-1001', 8, 'CH', 2, 0, 6, 4, 5, 10),
('C-1001', 9, 'US', 4, 4, 18, 6, 20, 2150),
('C-1001', 15, 'FR', 3, 3, 9, 2, 4, 1800),
('C-1002', 1, 'AE', 3, 3, 12, 5, 9, 1250),
('C-1002', 2, 'ZA', 10, 10, 45, 30, 15, 3900),
('C-1002', 5, 'DE', 5, 0, 60, 22, 14, 5200),
('C-1002', 11, 'JP', 8, 8, 21, 3, 6, 6400),
('C-1003', 3, 'GR', 14, 0, 110, 74, 96, 15200),
('C-1003', 3, 'TR', 1, 1, 5, 2, 8, 640),
('C-1003', 10, 'IE', 3, 0, 25, 18, 30, 2900),
('C-1004', 4, 'PL', 12, 12, 80, 65, 33, 5100),
('C-1005', 6, 'BE', 2, 0, 75, 40, 5, 900),
('C-1005', 13, 'IN', 6, 6, 52, 17, 11, 1700),
('C-1006', 7, 'IT', 9, 0, 30, 12, 45, 7700),
('C-1006', 4, 'AU', 6, 6, 14, 8, 22, 3050),
('C-1006', 14, 'PT', 4, 0, 16, 9, 12, 2600);

-- customer, months_ago, outcome (failed: Direct Debit returned; unpaid; late: paid days_late days after the due date)
INSERT INTO payment_story VALUES
('C-1001', 9, 'late', 4),
('C-1002', 1, 'failed', NULL),
('C-1002', 6, 'late', 12),
('C-1005', 1, 'unpaid', NULL),
('C-1005', 2, 'unpaid', NULL),
('C-1005', 4, 'late', 21),
('C-1006', 5, 'late', 2);
