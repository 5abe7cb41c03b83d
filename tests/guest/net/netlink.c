// SPDX-License-Identifier: Apache-2.0
/* AF_NETLINK: the loopback interface as getifaddrs(3) sees it, and the rules of these sockets. */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void show(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

static void interfaces(void)
{
	struct ifaddrs *list, *at;

	if (getifaddrs(&list)) {
		perror("getifaddrs");
		return;
	}
	for (at = list; at; at = at->ifa_next) {
		char text[64] = "?";

		if (strcmp(at->ifa_name, "lo") || !at->ifa_addr ||
		    (at->ifa_addr->sa_family != AF_INET && at->ifa_addr->sa_family != AF_INET6))
			continue;
		inet_ntop(at->ifa_addr->sa_family,
			  at->ifa_addr->sa_family == AF_INET
				  ? (void *)&((struct sockaddr_in *)at->ifa_addr)->sin_addr
				  : (void *)&((struct sockaddr_in6 *)at->ifa_addr)->sin6_addr,
			  text, sizeof(text));
		printf("lo: %s up %d loopback %d\n", text, !!(at->ifa_flags & IFF_UP),
		       !!(at->ifa_flags & IFF_LOOPBACK));
	}
	freeifaddrs(list);
	printf("index of lo: %u\n", if_nametoindex("lo"));
}

static struct {
	struct nlmsghdr head;
	struct ifinfomsg body;
} request = { .head = { .nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETLINK,
			.nlmsg_flags = NLM_F_REQUEST,
			.nlmsg_seq = 77 },
	      .body = { .ifi_index = 1 } };

static void ask(int fd, int index)
{
	static char reply[16384];
	struct sockaddr_nl from = { 0 };
	socklen_t length = sizeof(from);

	request.body.ifi_index = index;
	show("send", send(fd, &request, sizeof(request), 0));
	ssize_t whole = recv(fd, reply, 8, MSG_PEEK | MSG_TRUNC);
	ssize_t got = recvfrom(fd, reply, sizeof(reply), 0, (struct sockaddr *)&from, &length);
	const struct nlmsghdr *head = (const struct nlmsghdr *)reply;
	printf("told its length: %d, from %u, type %d, sequence %u\n", whole == got, from.nl_pid,
	       head->nlmsg_type, head->nlmsg_seq);
	if (head->nlmsg_type == NLMSG_ERROR)
		printf("error %s\n", strerror(-((const struct nlmsgerr *)NLMSG_DATA(head))->error));
}

int main(void)
{
	struct sockaddr_nl name = { .nl_family = AF_NETLINK }, other = name;
	socklen_t length = sizeof(name);
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), again, on = 1;
	char byte;

	interfaces();
	show("bind", bind(fd, (struct sockaddr *)&name, sizeof(name)));
	getsockname(fd, (struct sockaddr *)&name, &length);
	printf("port is the process's number: %d\n", name.nl_pid == (unsigned)getpid());
	again = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE);
	show("the same port", bind(again, (struct sockaddr *)&name, sizeof(name)));
	show("another", bind(again, (struct sockaddr *)&other, sizeof(other)));
	show("a short address", bind(again, (struct sockaddr *)&other, 4));
	show("nothing to read", recv(fd, &byte, 1, MSG_DONTWAIT));
	ask(fd, 1);
	ask(fd, 4711);
	show("option", setsockopt(fd, 270, NETLINK_EXT_ACK, &on, sizeof(on)));
	show("no option", setsockopt(fd, 270, 99, &on, sizeof(on)));
	other.nl_pid = 99999;
	show("to nobody",
	     sendto(fd, &request, sizeof(request), 0, (struct sockaddr *)&other, sizeof(other)));
	show("listen", listen(fd, 1));
	show("SOCK_STREAM", socket(AF_NETLINK, SOCK_STREAM, NETLINK_ROUTE));
	show("no protocol", socket(AF_NETLINK, SOCK_RAW, 31));
	return 0;
}
