/* host-list.c - see host-list.h */
#include "policy/host-list.h"

#include <errno.h>
#include <stdlib.h>

static void *
grow(void *array, size_t count, size_t size)
{
	/* One at a time: lists are short and read once. */
	return reallocarray(array, count + 1, size);
}

int
host_list_add(struct host_list *list, const char *text, size_t len)
{
	struct network network;
	struct domain_name name;

	if (network_parse(&network, text, len)) {
		struct network *more = grow(list->networks, list->network_count, sizeof(*more));

		if (more == NULL) {
			return -ENOMEM;
		}
		list->networks = more;
		more[list->network_count++] = network;
		return 0;
	}
	if (domain_name_parse(&name, text, len) == DOMAIN_NAME_OK &&
	    (name.text[name.len - 1] < '0' || name.text[name.len - 1] > '9')) {
		struct domain_name *more = grow(list->names, list->name_count, sizeof(*more));

		if (more == NULL) {
			return -ENOMEM;
		}
		list->names = more;
		more[list->name_count++] = name;
		return 0;
	}
	return -EINVAL;
}

bool
host_list_has_address(const struct host_list *list, const struct address *a)
{
	for (size_t i = 0; i < list->network_count; i++) {
		if (network_contains(&list->networks[i], a)) {
			return true;
		}
	}
	return false;
}

bool
host_list_has_name(const struct host_list *list, const char *name, size_t len)
{
	for (size_t i = 0; i < list->name_count; i++) {
		if (domain_name_covers(&list->names[i], name, len)) {
			return true;
		}
	}
	return false;
}

void
host_list_finish(struct host_list *list)
{
	free(list->networks);
	free(list->names);
	*list = (struct host_list){0};
}
