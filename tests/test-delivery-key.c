/*
 * test-delivery-key.c - what the ledger calls a message to a recipient; where its queue id stands
 */
#include <check.h>
#include <string.h>

#include "relay/delivery-key.h"
#include "tests/scratch.h"

static struct held held;

static void
hold(const char *text)
{
	struct keeper_link nobody = {.fd = -1};

	held_begin(&held, 1 << 20);
	held_add(&held, (const uint8_t *)text, strlen(text), &nobody);
}

static const struct {
	const char *message, *graft_id, *received;
} rows[] = {
    {"Subject: x\n\n", "", ""},
    {"Graft-Id: 1vOabc-000000001Xy-2ab\n\n", "1vOabc-000000001Xy-2ab", ""},
    {"graft-id :\n\t1vOabc-1-2 \n\n", "1vOabc-1-2", ""},
    {"Graft-Id: a b\n\n", "", ""},
    {"Graft-Id: a\"b\n\n", "", ""},
    {"Graft-Id: 01234567890123456789012345678901234567890123456789012345678901234\n\n", "", ""},
    {"Subject: x\n\nGraft-Id: a\n", "", ""},
    {"Received: by mta.example (Postfix, from userid 0)\n\tid 7F4D325; Sat, 28 Nov\n\n", "",
        "7F4D325"},
    {"Received: from x (y [1.2.3.4])\n\tby mta.example (Postfix) with ESMTPS id 4bXq\n\tfor <a@b>; "
     "x\n"
     "Received: by y id other; x\n\n",
        "", "4bXq"},
    {"Received: id\nX: y\n\n", "", ""},
    {"Received: by x with void 7; y\n\n", "", ""},
    {"Received: by x id a.b; y\n\n", "", ""},
    {"Received: by x id abc", "", "abc"},
};

START_TEST(queue_ids)
{
	char id[QUEUE_ID_MAX + 1];

	hold(rows[_i].message);
	delivery_queue_id(&held, id);
	ck_assert_str_eq(id, rows[_i].graft_id);
	delivery_received_id(&held, id);
	ck_assert_str_eq(id, rows[_i].received);
	held_end(&held);
}
END_TEST

struct case_of_key {
	const char *listener, *sender, *id, *recipient, *message;
};

static void
key_of(const struct case_of_key *c, uint8_t key[LEDGER_KEY_BYTES])
{
	struct delivery_name name = {
	    .listener = c->listener, .sender = c->sender, .queue_id = c->id};

	hold(c->message);
	delivery_key(&name, &held, NULL, c->recipient, key);
	held_end(&held);
}

static const struct {
	const char *what;
	struct case_of_key other;
	bool same;
} keys[] = {
    {"the same", {"l", "s", "id", "r", "Message-ID: <a>\n\nx"}, true},
    {"other bytes", {"l", "s", "id", "r", "Received: y\nMessage-ID: <a>\n\nz"}, true},
    {"another listener", {"m", "s", "id", "r", "Message-ID: <a>\n\nx"}, false},
    {"another sender", {"l", "t", "id", "r", "Message-ID: <a>\n\nx"}, false},
    {"another id", {"l", "s", "ie", "r", "Message-ID: <a>\n\nx"}, false},
    {"no id", {"l", "s", "", "r", "Message-ID: <a>\n\nx"}, false},
    {"another recipient", {"l", "s", "id", "q", "Message-ID: <a>\n\nx"}, false},
    {"another Message-ID", {"l", "s", "id", "r", "Message-ID: <b>\n\nx"}, false},
    {"the same characters, cut elsewhere", {"l", "si", "d", "r", "Message-ID: <a>\n\nx"}, false},
};

START_TEST(keys_differ_where_they_should)
{
	static const struct case_of_key base = {"l", "s", "id", "r", "Message-ID: <a>\n\nx"};
	uint8_t a[LEDGER_KEY_BYTES], b[LEDGER_KEY_BYTES];

	key_of(&base, a);
	key_of(&keys[_i].other, b);
	ck_assert_msg((memcmp(a, b, sizeof(a)) == 0) == keys[_i].same, "%s", keys[_i].what);
}
END_TEST

START_TEST(without_an_id_the_bytes_count)
{
	static const struct case_of_key one = {"l", "s", "", "r", "Message-ID: <a>\n\nx"},
	                                other = {"l", "s", "", "r", "Message-ID: <a>\n\ny"};
	uint8_t a[LEDGER_KEY_BYTES], b[LEDGER_KEY_BYTES];

	key_of(&one, a);
	key_of(&one, b);
	ck_assert_mem_eq(a, b, sizeof(a));
	key_of(&other, b);
	ck_assert_mem_ne(a, b, sizeof(a));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("delivery-key");
	TCase *t = tcase_create("all");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, queue_ids, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(t, keys_differ_where_they_should, 0, sizeof(keys) / sizeof(keys[0]));
	tcase_add_test(t, without_an_id_the_bytes_count);
	return scratch_run(s);
}
