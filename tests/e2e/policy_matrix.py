"""The outcome matrix of Postfix's permit_mx_backup, as a zone and a table.

198.51.100.0/24 is the primaries' network; 192.0.2.1 and 2001:db8::1 and mx1.example.net are
this host; 203.0.113.0/24 is elsewhere. Columns: with networks, with any network, and the
reason codes of the strict mode all-better."""

NETWORKS = ['198.51.100.0/24', '2001:db8:1::/48']
IDENTITY = {'names': ['mx1.example.net'], 'addresses': ['192.0.2.1', '2001:db8::1']}

HOSTS = {
    'primary.test': {'A': ['198.51.100.10']},
    'primary6.test': {'A': ['198.51.100.11'], 'AAAA': ['2001:db8:1::11']},
    'mixed.test': {'A': ['198.51.100.12'], 'AAAA': ['2001:db8:ffff::12']},
    'outside.test': {'A': ['203.0.113.9']},
    'mx1.example.net': {'A': ['192.0.2.1']},
    'me-by-address.test': {'A': ['192.0.2.1']},
    'me-by-v6.test': {'AAAA': ['2001:db8::1']},
    'alias-primary.test': {'CNAME': ['primary.test']},
    'servfail-host.test': 'SERVFAIL',
    'noaddress.test': {'MX': ['10 primary.test']},
    'half.test': {'A': ['198.51.100.13']},
}

# name: (MX records or fault, compat with networks, compat any, all-better)
CASES = {
    'backup.test': (['10 primary.test', '20 mx1.example.net'], 'OK', 'OK', 'OK'),
    'byaddress.test': (['10 primary.test', '20 me-by-address.test'], 'OK', 'OK', 'OK'),
    'byv6.test': (['10 primary6.test', '20 me-by-v6.test'], 'OK', 'OK', 'OK'),
    'middle.test': (['10 primary.test', '20 outside.test', '30 mx1.example.net'],
                    'OK', 'OK', '554 OUTSIDE_NETS'),
    'middle-in.test': (['10 primary.test', '20 primary6.test', '30 mx1.example.net'],
                       'OK', 'OK', 'OK'),
    'worse.test': (['10 primary.test', '20 mx1.example.net', '30 outside.test'],
                   'OK', 'OK', 'OK'),
    'two.test': (['10 primary.test', '10 primary6.test', '20 mx1.example.net'],
                 'OK', 'OK', 'OK'),
    'two-one-out.test': (['10 primary.test', '10 outside.test', '20 mx1.example.net'],
                         '554 OUTSIDE_NETS', 'OK', '554 OUTSIDE_NETS'),
    'foreign.test': (['10 outside.test', '20 mx1.example.net'],
                     '554 OUTSIDE_NETS', 'OK', '554 OUTSIDE_NETS'),
    'aaaa-outside.test': (['10 mixed.test', '20 mx1.example.net'],
                          '554 OUTSIDE_NETS', 'OK', '554 OUTSIDE_NETS'),
    'best.test': (['10 mx1.example.net', '20 primary.test'],
                  '554 PRIMARY', '554 PRIMARY', '554 PRIMARY'),
    'tied.test': (['10 mx1.example.net', '10 primary.test'],
                  '554 PRIMARY', '554 PRIMARY', '554 PRIMARY'),
    'tied-address.test': (['10 primary.test', '10 me-by-address.test', '20 mx1.example.net'],
                          '554 PRIMARY', '554 PRIMARY', '554 PRIMARY'),
    'only-me.test': (['10 mx1.example.net'], '554 PRIMARY', '554 PRIMARY', '554 PRIMARY'),
    'not-me.test': (['10 primary.test', '20 outside.test'],
                    '554 NOT_MX', '554 NOT_MX', '554 NOT_MX'),
    'one.test': (['10 primary.test'], '554 NOT_MX', '554 NOT_MX', '554 NOT_MX'),
    'implicit.test': ({'A': ['192.0.2.1']}, '554 NO_MX', '554 NO_MX', '554 NO_MX'),
    'nothing.test': (None, '554 NXDOMAIN', '554 NXDOMAIN', '554 NXDOMAIN'),
    'null.test': (['0 .'], '554 NULL_MX', '554 NULL_MX', '554 NULL_MX'),
    'null-and.test': (['0 .', '10 primary.test', '20 mx1.example.net'],
                      '554 NULL_MX', '554 NULL_MX', '554 NULL_MX'),
    'null-last.test': (['10 primary.test', '20 mx1.example.net', '30 .'],
                       '554 NULL_MX', '554 NULL_MX', '554 NULL_MX'),
    'alias.test': ({'CNAME': ['backup.test']}, 'OK', 'OK', 'OK'),
    'alias-mx.test': (['10 alias-primary.test', '20 mx1.example.net'], 'OK', 'OK', 'OK'),
    'servfail.test': ('SERVFAIL', '450 DNS_TEMP', '450 DNS_TEMP', '450 DNS_TEMP'),
    'refused.test': ('REFUSED', '450 DNS_TEMP', '450 DNS_TEMP', '450 DNS_TEMP'),
    'primary-servfail.test': (['10 servfail-host.test', '20 mx1.example.net'],
                              '450 PRIMARY_TEMP', 'OK', '450 PRIMARY_TEMP'),
    'primary-gone.test': (['10 gone-host.test', '20 mx1.example.net'],
                          '450 PRIMARY_TEMP', 'OK', '450 PRIMARY_TEMP'),
    'primary-noaddress.test': (['10 noaddress.test', '20 mx1.example.net'],
                               '450 PRIMARY_TEMP', 'OK', '450 PRIMARY_TEMP'),
    'bare-ip.test': (['10 198.51.100.10', '20 mx1.example.net'],
                     '450 PRIMARY_TEMP', 'OK', '450 PRIMARY_TEMP'),
    'xn--mnchen-3ya.test': (['10 primary.test', '20 mx1.example.net'], 'OK', 'OK', 'OK'),
}


def zone():
    z = dict(HOSTS)
    for name, (records, *_) in CASES.items():
        if isinstance(records, list):
            z[name] = {'MX': records}
        elif records is not None:
            z[name] = records
    return z
