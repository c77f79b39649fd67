/*
 * peer.c - see peer.h
 */
#include "relay/peer.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The question: one socket, named by its two ends, seen from its own side. */
struct diag_question {
	struct nlmsghdr header;
	struct inet_diag_req_v2 request;
};

static int
fill_ends(int fd, struct inet_diag_req_v2 *r)
{
	struct sockaddr_storage ours = {0}, theirs = {0};
	socklen_t ours_len = sizeof(ours), theirs_len = sizeof(theirs);

	if (getsockname(fd, (struct sockaddr *)&ours, &ours_len) < 0 ||
	    getpeername(fd, (struct sockaddr *)&theirs, &theirs_len) < 0) {
		return -errno;
	}
	r->sdiag_family = (__u8)ours.ss_family;
	if (ours.ss_family == AF_INET) {
		const struct sockaddr_in *a = (const struct sockaddr_in *)&theirs;
		const struct sockaddr_in *b = (const struct sockaddr_in *)&ours;

		r->id.idiag_sport = a->sin_port;
		r->id.idiag_dport = b->sin_port;
		r->id.idiag_src[0] = a->sin_addr.s_addr;
		r->id.idiag_dst[0] = b->sin_addr.s_addr;
	} else {
		const struct sockaddr_in6 *a = (const struct sockaddr_in6 *)&theirs;
		const struct sockaddr_in6 *b = (const struct sockaddr_in6 *)&ours;

		/* NOLINTNEXTLINE(clang-analyzer-core.*): getpeername filled it */
		r->id.idiag_sport = a->sin6_port;
		r->id.idiag_dport = b->sin6_port;
		memcpy(r->id.idiag_src, &a->sin6_addr, sizeof(r->id.idiag_src));
		memcpy(r->id.idiag_dst, &b->sin6_addr, sizeof(r->id.idiag_dst));
	}
	return 0;
}

static int
read_answer(const void *bytes, ssize_t len, uid_t *uid_r)
{
	const struct nlmsghdr *h = bytes;

	if (len < (ssize_t)sizeof(*h) || h->nlmsg_len > (size_t)len) {
		return -EPROTO;
	}
	if (h->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *e = NLMSG_DATA(h);

		return h->nlmsg_len < NLMSG_LENGTH(sizeof(*e)) || e->error >= 0 ? -EPROTO
		                                                                : e->error;
	}
	if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    h->nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg))) {
		return -EPROTO;
	}
	*uid_r = ((const struct inet_diag_msg *)NLMSG_DATA(h))->idiag_uid;
	return 0;
}

static int
loopback_uid(int fd, uid_t *uid_r)
{
	struct diag_question q = {
	    .header =
	        {
	            .nlmsg_len = sizeof(q),
	            .nlmsg_type = SOCK_DIAG_BY_FAMILY,
	            .nlmsg_flags = NLM_F_REQUEST,
	        },
	    .request =
	        {
	            .sdiag_protocol = IPPROTO_TCP,
	            .idiag_states = ~0u,
	            .id.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE},
	        },
	};
	_Alignas(struct nlmsghdr) char answer[1024];
	int netlink, e = fill_ends(fd, &q.request);
	ssize_t n = -1;

	if (e < 0) {
		return e;
	}
	netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (netlink < 0) {
		return -errno;
	}
	if (send(netlink, &q, sizeof(q), 0) < 0 ||
	    (n = recv(netlink, answer, sizeof(answer), 0)) < 0) {
		e = -errno;
	}
	close(netlink);
	return e < 0 ? e : read_answer(answer, n, uid_r);
}

int
peer_uid(int fd, uid_t *uid_r)
{
	struct sockaddr_storage ours = {0};
	socklen_t len = sizeof(ours);
	struct ucred who;

	if (getsockname(fd, (struct sockaddr *)&ours, &len) < 0) {
		return -errno;
	}
	if (ours.ss_family != AF_UNIX) {
		return loopback_uid(fd, uid_r);
	}
	len = sizeof(who);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0) {
		return -errno;
	}
	*uid_r = who.uid;
	return 0;
}
