/*
 * Many idle connections: opens them to an echo server on 127.0.0.1, sends one message on each and takes it back, so
 * that the server has done all it does for a connection, and then leaves them alone.
 *
 *   echoidle PORT CONNECTIONS BYTES
 *
 * Says "open" on a line of its own when all have answered; ends when its standard input ends, with all connections.
 * The messages go out a hundred at a time. Every 20000 connections come from another address of 127.0.0.0/8, for
 * which a pair of addresses has its own ports. The limit of descriptors is raised as far as it goes, by root beyond
 * that.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BYTES_MAX 16384
#define CONNECTIONS_MAX 1000000
#define AT_A_TIME 100
#define PER_ADDRESS 20000
/* What a process has open besides. */
#define OTHER_DESCRIPTORS 64

static void fail(const char *what, int error) {
  fprintf(stderr, "echoidle: %s: %s(%d)\n", what, strerror(error), error);
  exit(1);
}

static void raise_limit(unsigned connections) {
  struct rlimit limit;
  rlim_t wanted = connections + OTHER_DESCRIPTORS;
  if (getrlimit(RLIMIT_NOFILE, &limit))
    fail("getrlimit", errno);
  if (limit.rlim_cur >= wanted)
    return;
  limit.rlim_cur = wanted;
  if (limit.rlim_max < wanted)
    limit.rlim_max = wanted;
  if (setrlimit(RLIMIT_NOFILE, &limit))
    fail("setrlimit of open files (ulimit -Hn)", errno);
}

static int open_connection(unsigned index, uint16_t port) {
  struct sockaddr_in server = {
    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct sockaddr_in client = {
    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + index / PER_ADDRESS)};
  int on = 1;
  int connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connection < 0)
    fail("socket", errno);
  /* The port is chosen at connect, so that it need only be free for this pair of addresses. */
  if (setsockopt(connection, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on)
      || setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on))
    fail("setsockopt", errno);
  if (bind(connection, (struct sockaddr *)&client, sizeof client))
    fail("bind", errno);
  if (connect(connection, (struct sockaddr *)&server, sizeof server))
    fail("connect", errno);
  return connection;
}

static void echo(const int *connections, unsigned count, size_t bytes) {
  static unsigned char message[BYTES_MAX];
  for (unsigned i = 0; i < count; i++)
    if (send(connections[i], message, bytes, MSG_NOSIGNAL) != (ssize_t)bytes)
      fail("send", errno);
  for (unsigned i = 0; i < count; i++) {
    ssize_t received = recv(connections[i], message, bytes, MSG_WAITALL);
    if (received != (ssize_t)bytes)
      fail("recv", received < 0 ? errno : EPIPE);
  }
}

int main(int argc, char **argv) {
  int port = argc == 4 ? atoi(argv[1]) : 0;
  int count = argc == 4 ? atoi(argv[2]) : 0;
  int bytes = argc == 4 ? atoi(argv[3]) : 0;
  if (port < 1 || port > 65535 || count < 1 || count > CONNECTIONS_MAX || bytes < 1 || bytes > BYTES_MAX) {
    fprintf(stderr, "usage: echoidle PORT CONNECTIONS BYTES\n");
    return 2;
  }
  raise_limit((unsigned)count);
  int *connections = calloc((size_t)count, sizeof *connections);
  if (!connections)
    fail("calloc", errno);
  for (int first = 0; first < count; first += AT_A_TIME) {
    int last = first + AT_A_TIME < count ? first + AT_A_TIME : count;
    for (int i = first; i < last; i++)
      connections[i] = open_connection((unsigned)i, (uint16_t)port);
    echo(connections + first, (unsigned)(last - first), (size_t)bytes);
  }
  puts("open");
  fflush(stdout);
  while (getchar() != EOF)
    ;
  return 0;
}
