/*
 * The load of the echo benchmark: a number of TCP connections to 127.0.0.1, on each one message out at any time, all
 * on one thread.
 *
 *   echoload PORT BYTES CONNECTIONS WARM_UP_SECONDS SECONDS PID [calls]
 *
 * A message is checked when all of it has come back: its length, its content, and that it is the last one sent on this
 * connection. Then the next one leaves. Until the server, process PID, has used WARM_UP_SECONDS of CPU time nothing is
 * counted; then SECONDS of the clock are. Says "begin" and "end" on lines of their own at these two moments, with the
 * server still under load. At the end each connection waits for its message, so the server sees orderly ends.
 * The last line is the result, as Interleave reads it:
 *
 *   requests=...                messages that came back in the time that counts
 *   warm_up_requests=...        those before it
 *   requests_per_second=...     of wall time
 *   cpu_ns_per_request=...      CPU time of the server's process, user and kernel, all its threads
 *   load_cpu_ns_per_request=... CPU time of this process
 *   busy_percent=...            CPU time of the server by wall time: 100 when it never waits for this program
 *   p50_us=... p99_us=...       from before the send to after the last receive
 *   calls_per_request=...       with "calls": the server's system calls; counting them makes each dearer
 *
 * Calls are counted by a tracepoint, which takes root and a mounted tracefs; without these there is no such figure.
 *
 * Estimate: a send and a receive over loopback cost 4 to 6 us, most of it the way through TCP; with its share of
 * epoll_wait, a look at the clock and the check, 64 B cost this program 5 to 7 us, as much as a good server.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* So that a message always fits into an empty send buffer and is never sent in part. */
#define BYTES_MAX 16384
#define CONNECTIONS_MAX 10000
#define EVENTS_MAX 512
#define LATENCY_MAX_MICROS 1000000
/* A server that does not answer for as long has lost a message. */
#define SILENCE_MAX_MILLIS 10000
#define LOOK_NANOS 10000000
#define THREADS_MAX 256
#define TRACEPOINT "/sys/kernel/tracing/events/raw_syscalls/sys_enter/id"

struct connection {
  int socket;
  unsigned received; /* bytes of the message that is out */
  uint64_t stamp;    /* its first 8 bytes: connection and sequence number */
  int64_t sent_nanos;
};

enum phase { WARM_UP, MEASURED, ENDED };

struct load {
  unsigned bytes;
  unsigned count;
  unsigned out; /* messages that have not come back */
  int poll;
  enum phase phase;
  int64_t now_nanos;
  uint64_t warm_up_requests;
  uint64_t requests;
  struct connection connections[CONNECTIONS_MAX];
  unsigned char message[BYTES_MAX];
  unsigned char answer[BYTES_MAX + 1]; /* room for a byte too many */
  unsigned latencies[LATENCY_MAX_MICROS + 1]; /* messages by microseconds; the last is all that took longer */
};

static struct load load;

static void fail(const char *what, int error) {
  fprintf(stderr, "echoload: %s: %s(%d)\n", what, strerror(error), error);
  exit(1);
}

static int64_t now(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time))
    fail("clock_gettime", errno); /* the server's clock, once the server is gone */
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* A message has the same bytes each time but for its stamp; no two places of it look alike. */
static void fill_message(void) {
  uint64_t random = 88172645463325252;
  for (unsigned i = 0; i < load.bytes; i++) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    load.message[i] = (unsigned char)random;
  }
}

static void open_connection(unsigned index, uint16_t port) {
  struct connection *connection = &load.connections[index];
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int on = 1;
  connection->socket = socket(AF_INET, SOCK_STREAM, 0);
  if (connection->socket < 0)
    fail("socket", errno);
  if (connect(connection->socket, (struct sockaddr *)&address, sizeof address))
    fail("connect", errno);
  if (setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on))
    fail("setsockopt", errno);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  if (epoll_ctl(load.poll, EPOLL_CTL_ADD, connection->socket, &event))
    fail("epoll_ctl", errno);
  connection->stamp = (uint64_t)index << 40;
}

static void send_next(struct connection *connection) {
  connection->stamp++;
  connection->received = 0;
  connection->sent_nanos = load.now_nanos;
  memcpy(load.message, &connection->stamp, sizeof connection->stamp);
  ssize_t sent = send(connection->socket, load.message, load.bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent != (ssize_t)load.bytes)
    fail("send", sent < 0 ? errno : EMSGSIZE);
}

/* Takes what has come on a connection, and sends the next message when this one is whole. */
static void receive(struct connection *connection) {
  unsigned left = load.bytes - connection->received;
  ssize_t received = recv(connection->socket, load.answer, left + 1, MSG_DONTWAIT);
  if (received <= 0) {
    if (received < 0 && errno == EAGAIN)
      return;
    fail("server ended a connection", received < 0 ? errno : EPIPE);
  }
  memcpy(load.message, &connection->stamp, sizeof connection->stamp);
  if (received > (ssize_t)left || memcmp(load.answer, load.message + connection->received, (size_t)received))
    fail("what came back is not what was sent", EBADMSG);
  connection->received += (unsigned)received;
  if (connection->received < load.bytes)
    return;

  load.now_nanos = now(CLOCK_MONOTONIC);
  int64_t micros = (load.now_nanos - connection->sent_nanos) / 1000;
  if (load.phase == WARM_UP) {
    load.warm_up_requests++;
  } else if (load.phase == MEASURED) {
    load.requests++;
    load.latencies[micros < LATENCY_MAX_MICROS ? micros : LATENCY_MAX_MICROS]++;
  } else {
    load.out--;
    return;
  }
  send_next(connection);
}

static void turn(void) {
  struct epoll_event events[EVENTS_MAX];
  int ready = epoll_wait(load.poll, events, EVENTS_MAX, SILENCE_MAX_MILLIS);
  if (ready < 0 && errno != EINTR)
    fail("epoll_wait", errno);
  if (!ready)
    fail("server is silent", ETIMEDOUT);
  for (int i = 0; i < ready; i++)
    receive(events[i].data.ptr);
}

/* One for each thread that the server has by now. */
static int counters[THREADS_MAX];
static unsigned counter_count;

static void open_counters(int pid) {
  FILE *file = fopen(TRACEPOINT, "r");
  unsigned long tracepoint;
  if (!file || fscanf(file, "%lu", &tracepoint) != 1) {
    fprintf(stderr, "echoload: no system calls counted: %s: %s\n", TRACEPOINT, strerror(errno));
    return;
  }
  fclose(file);
  struct perf_event_attr attributes = {
    .type = PERF_TYPE_TRACEPOINT, .size = sizeof attributes, .config = tracepoint};
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR *threads = opendir(path);
  if (!threads)
    fail("opendir", errno);
  for (struct dirent *thread; (thread = readdir(threads)) && counter_count < THREADS_MAX;) {
    int id = atoi(thread->d_name);
    if (!id)
      continue; /* "." and ".." */
    int counter = (int)syscall(SYS_perf_event_open, &attributes, id, -1, -1, 0UL);
    if (counter < 0 && errno == ESRCH)
      continue; /* it has ended meanwhile */
    if (counter < 0) {
      fprintf(stderr, "echoload: no system calls counted: perf_event_open: %s\n", strerror(errno));
      counter_count = 0;
      break;
    }
    counters[counter_count++] = counter;
  }
  closedir(threads);
}

static uint64_t calls(void) {
  uint64_t sum = 0;
  for (unsigned i = 0; i < counter_count; i++) {
    uint64_t count;
    if (read(counters[i], &count, sizeof count) != sizeof count)
      fail("read of a counter", errno);
    sum += count;
  }
  return sum;
}

static void say(const char *line) {
  puts(line);
  fflush(stdout);
}

/* The smallest time within which as large a part of the messages came back. */
static unsigned percentile(double part) {
  uint64_t rank = (uint64_t)((double)load.requests * part);
  uint64_t seen = 0;
  unsigned micros = 0;
  while (micros < LATENCY_MAX_MICROS && (seen += load.latencies[micros]) <= rank)
    micros++;
  return micros;
}

static void run(clockid_t server, int64_t warm_up_nanos, int64_t nanos) {
  load.now_nanos = now(CLOCK_MONOTONIC);
  for (unsigned i = 0; i < load.count; i++)
    send_next(&load.connections[i]);
  load.out = load.count;

  int64_t warm = now(server) + warm_up_nanos;
  for (int64_t look = 0; warm_up_nanos;) {
    turn();
    if (load.now_nanos >= look) {
      if (now(server) >= warm)
        break;
      look = load.now_nanos + LOOK_NANOS;
    }
  }

  say("begin");
  load.phase = MEASURED;
  int64_t begin = now(CLOCK_MONOTONIC);
  int64_t begin_server = now(server);
  int64_t begin_load = now(CLOCK_PROCESS_CPUTIME_ID);
  uint64_t begin_calls = calls();
  while (load.now_nanos - begin < nanos)
    turn();
  uint64_t end_calls = calls();
  double load_nanos = (double)(now(CLOCK_PROCESS_CPUTIME_ID) - begin_load);
  double server_nanos = (double)(now(server) - begin_server);
  double wall_nanos = (double)(now(CLOCK_MONOTONIC) - begin);
  load.phase = ENDED;
  say("end");

  while (load.out)
    turn();
  double requests = (double)load.requests;
  printf("requests=%.0f warm_up_requests=%.0f requests_per_second=%.0f cpu_ns_per_request=%.1f "
         "load_cpu_ns_per_request=%.1f busy_percent=%.1f p50_us=%u p99_us=%u",
         requests, (double)load.warm_up_requests, requests / wall_nanos * 1e9, server_nanos / requests,
         load_nanos / requests, server_nanos / wall_nanos * 100, percentile(0.5), percentile(0.99));
  if (counter_count)
    printf(" calls_per_request=%.3f", (double)(end_calls - begin_calls) / requests);
  puts("");
}

int main(int argc, char **argv) {
  if (argc != 7 && (argc != 8 || strcmp(argv[7], "calls"))) {
    fprintf(stderr, "usage: echoload PORT BYTES CONNECTIONS WARM_UP_SECONDS SECONDS PID [calls]\n");
    return 2;
  }
  int port = atoi(argv[1]);
  int bytes = atoi(argv[2]);
  int connections = atoi(argv[3]);
  double warm_up = atof(argv[4]);
  double seconds = atof(argv[5]);
  clockid_t server;
  int error = clock_getcpuclockid(atoi(argv[6]), &server);
  if (error)
    fail("clock_getcpuclockid", error);
  if (port < 1 || port > 65535 || bytes < (int)sizeof(uint64_t) || bytes > BYTES_MAX || connections < 1
      || connections > CONNECTIONS_MAX || warm_up < 0 || seconds <= 0) {
    fprintf(stderr, "echoload: BYTES must be 8 to %d, CONNECTIONS 1 to %d, SECONDS above 0\n", BYTES_MAX,
            CONNECTIONS_MAX);
    return 2;
  }
  load.bytes = (unsigned)bytes;
  load.count = (unsigned)connections;
  load.poll = epoll_create1(0);
  if (load.poll < 0)
    fail("epoll_create1", errno);
  fill_message();
  for (unsigned i = 0; i < load.count; i++)
    open_connection(i, (uint16_t)port);
  if (argc == 8)
    open_counters(atoi(argv[6]));
  run(server, (int64_t)(warm_up * 1e9), (int64_t)(seconds * 1e9));
  return 0;
}
