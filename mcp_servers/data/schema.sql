-- Money is in pence. A month is 'YYYY-MM'. NULL means "unlimited" for an allowance and "none" for a date or a price.

-- What the operator sells.
CREATE TABLE zone (
    zone TEXT PRIMARY KEY, name TEXT NOT NULL, position INTEGER NOT NULL,
    call_made INTEGER NOT NULL, call_received INTEGER NOT NULL, text_sent INTEGER NOT NULL, data_mb INTEGER NOT NULL,
    day_pass INTEGER, day_pass_gb INTEGER
);
CREATE TABLE destination (
    code TEXT PRIMARY KEY, iso3 TEXT NOT NULL, name TEXT NOT NULL UNIQUE, zone TEXT NOT NULL REFERENCES zone,
    aliases TEXT NOT NULL DEFAULT ''
);
CREATE TABLE tariff (
    name TEXT PRIMARY KEY, type TEXT NOT NULL, price INTEGER NOT NULL, excludes_vat INTEGER NOT NULL,
    data_gb INTEGER, minutes INTEGER, texts INTEGER, lines INTEGER NOT NULL, contract_months INTEGER NOT NULL,
    roaming_gb INTEGER NOT NULL, description TEXT NOT NULL
);
CREATE TABLE tariff_roaming (tariff TEXT NOT NULL REFERENCES tariff, zone TEXT NOT NULL REFERENCES zone);
CREATE TABLE add_on (
    name TEXT PRIMARY KEY, category TEXT NOT NULL, price INTEGER NOT NULL, period TEXT NOT NULL,
    data_gb INTEGER NOT NULL DEFAULT 0, description TEXT NOT NULL
);

-- What happened to each customer, told in months before the current one (0 = this month).
CREATE TABLE customer (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, payment_method TEXT NOT NULL, pays_in_advance INTEGER NOT NULL,
    base_data_mb INTEGER NOT NULL, base_minutes INTEGER NOT NULL, base_texts INTEGER NOT NULL
);
CREATE TABLE plan_story (customer TEXT NOT NULL, tariff TEXT NOT NULL REFERENCES tariff, started INTEGER, ended INTEGER);
CREATE TABLE add_on_story (
    customer TEXT NOT NULL, add_on TEXT NOT NULL REFERENCES add_on, quantity INTEGER NOT NULL,
    started INTEGER, ended INTEGER
);
CREATE TABLE discount_story (
    customer TEXT NOT NULL, description TEXT NOT NULL, meaning TEXT NOT NULL, pence INTEGER NOT NULL,
    started INTEGER, ended INTEGER
);
CREATE TABLE extra_story (
    customer TEXT NOT NULL, months_ago INTEGER NOT NULL, kind TEXT NOT NULL,
    description TEXT NOT NULL, meaning TEXT NOT NULL, pence INTEGER NOT NULL
);
CREATE TABLE trip_story (
    customer TEXT NOT NULL, months_ago INTEGER NOT NULL, country TEXT NOT NULL REFERENCES destination,
    days INTEGER NOT NULL, day_passes INTEGER NOT NULL, minutes_made INTEGER NOT NULL, minutes_received INTEGER NOT NULL,
    texts INTEGER NOT NULL, data_mb INTEGER NOT NULL
);
CREATE TABLE payment_story (customer TEXT NOT NULL, months_ago INTEGER NOT NULL, outcome TEXT NOT NULL, days_late INTEGER);

-- What follows from it for the real calendar; written by accounts.py.
CREATE TABLE subscription (
    customer TEXT PRIMARY KEY, tariff TEXT NOT NULL, started_on TEXT NOT NULL, contract_ends_on TEXT
);
CREATE TABLE subscribed_add_on (customer TEXT NOT NULL, add_on TEXT NOT NULL, quantity INTEGER NOT NULL, started_on TEXT NOT NULL);
CREATE TABLE bill (
    customer TEXT NOT NULL, month TEXT NOT NULL, due_on TEXT NOT NULL,
    status TEXT NOT NULL, method TEXT NOT NULL, paid_on TEXT, failed_on TEXT, retry_on TEXT,
    PRIMARY KEY (customer, month)
) WITHOUT ROWID;
CREATE TABLE bill_line (
    customer TEXT NOT NULL, month TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL,
    description TEXT NOT NULL, meaning TEXT NOT NULL, pence INTEGER NOT NULL,
    PRIMARY KEY (customer, month, position)
) WITHOUT ROWID;
CREATE TABLE usage (
    customer TEXT NOT NULL, month TEXT NOT NULL, tariff TEXT NOT NULL,
    data_mb INTEGER NOT NULL, minutes INTEGER NOT NULL, texts INTEGER NOT NULL, allowance_gb INTEGER,
    PRIMARY KEY (customer, month)
) WITHOUT ROWID;
CREATE TABLE roaming_usage (
    customer TEXT NOT NULL, month TEXT NOT NULL, country TEXT NOT NULL, days INTEGER NOT NULL, day_passes INTEGER NOT NULL,
    minutes_made INTEGER NOT NULL, minutes_received INTEGER NOT NULL, texts INTEGER NOT NULL, data_mb INTEGER NOT NULL,
    pence INTEGER NOT NULL, charged TEXT NOT NULL,
    PRIMARY KEY (customer, month, country)
) WITHOUT ROWID;
