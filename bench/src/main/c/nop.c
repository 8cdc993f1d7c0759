/*
 * How many NOP round trips does liburing make on one core: the baseline of NopBench.
 *
 *   nop BATCH SECONDS [FLAGS]
 *
 * A turn prepares BATCH no-operations, submits them with one io_uring_enter that waits for all, and takes their
 * completions. FLAGS are names separated by commas, or "none"; by default single_issuer,defer_taskrun,ring_fd.
 * The time is split into windows; the last line has the median window, as Interleave reads it:
 *
 *   ops_per_second=...      operations per second of wall time
 *   ops_per_cpu_second=...  operations per second of this thread's CPU time, user and kernel
 *
 * Estimate: an enter costs 100 to 400 ns, by the processor and the mitigations the kernel has switched on; preparing,
 * doing and reaping a NOP 50 to 80 ns. So 2 to 7 M/s in batches of 1, and 8 to 20 M/s from 8 on.
 */
#include <errno.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WINDOWS 10
#define BATCH_MAX 4096
/* Operations between two looks at the clock: about a millisecond, and too rare a look to be seen in the result. */
#define OPS_PER_LOOK 8192

struct flag {
  const char *name;
  unsigned setup;
};

static const struct flag FLAGS[] = {
  {"single_issuer", IORING_SETUP_SINGLE_ISSUER},
  {"defer_taskrun", IORING_SETUP_DEFER_TASKRUN},
  {"coop_taskrun", IORING_SETUP_COOP_TASKRUN},
/*
 * Not defined by hand where the header lacks it: a liburing before 2.5 fills in the index array all the same, which
 * then lies over the heads and tails of the queues (seen with 2.3: completions lost, results wrong).
 */
#ifdef IORING_SETUP_NO_SQARRAY
  {"no_sqarray", IORING_SETUP_NO_SQARRAY},
#endif
  {"ring_fd", 0},
  {"none", 0},
};

static void fail(const char *what, int error) {
  fprintf(stderr, "nop: %s: %s(%d)\n", what, strerror(error), error);
  exit(1);
}

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static unsigned parse_flags(char *names, int *ring_fd) {
  unsigned setup = 0;
  *ring_fd = 0;
  for (char *name = strtok(names, ","); name; name = strtok(NULL, ",")) {
    size_t i = 0;
    while (i < sizeof FLAGS / sizeof FLAGS[0] && strcmp(FLAGS[i].name, name))
      i++;
    if (i == sizeof FLAGS / sizeof FLAGS[0]) {
      fprintf(stderr, "nop: unknown flag, or unknown to this liburing: %s\n", name);
      exit(2);
    }
    setup |= FLAGS[i].setup;
    *ring_fd |= !strcmp(name, "ring_fd");
  }
  return setup;
}

static void open_ring(struct io_uring *ring, unsigned entries, unsigned setup, int ring_fd) {
  struct io_uring_params params = {.flags = setup};
  int result = io_uring_queue_init_params(entries, ring, &params);
  if (result < 0)
    fail("io_uring_setup", -result);
  if (ring_fd) {
    result = io_uring_register_ring_fd(ring);
    if (result != 1)
      fail("io_uring_register_ring_fd", -result);
  }
}

static void turn(struct io_uring *ring, unsigned batch) {
  for (unsigned i = 0; i < batch; i++)
    io_uring_prep_nop(io_uring_get_sqe(ring)); /* never NULL: the queue has at least batch entries, all free */
  int submitted = io_uring_submit_and_wait(ring, batch);
  if (submitted != (int)batch)
    fail("io_uring_submit_and_wait", submitted < 0 ? -submitted : EBUSY);

  struct io_uring_cqe *cqe;
  unsigned head;
  unsigned reaped = 0;
  io_uring_for_each_cqe(ring, head, cqe) {
    if (cqe->res)
      fail("nop", -cqe->res);
    reaped++;
  }
  if (reaped != batch)
    fail("completions missing", EIO);
  io_uring_cq_advance(ring, reaped);
}

/* Runs one window and says what it measured. */
static void window(struct io_uring *ring, unsigned batch, double seconds, double *per_second, double *per_cpu_second) {
  unsigned turns_per_look = OPS_PER_LOOK / batch;
  double begin = now(CLOCK_MONOTONIC);
  double begin_cpu = now(CLOCK_THREAD_CPUTIME_ID);
  double end;
  unsigned long operations = 0;
  do {
    for (unsigned i = 0; i < turns_per_look; i++)
      turn(ring, batch);
    operations += (unsigned long)turns_per_look * batch;
    end = now(CLOCK_MONOTONIC);
  } while (end - begin < seconds);
  *per_second = (double)operations / (end - begin);
  *per_cpu_second = (double)operations / (now(CLOCK_THREAD_CPUTIME_ID) - begin_cpu);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a;
  double y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *samples, size_t count) {
  qsort(samples, count, sizeof *samples, ascending);
  return count % 2 ? samples[count / 2] : (samples[count / 2 - 1] + samples[count / 2]) / 2;
}

int main(int argc, char **argv) {
  char flags_default[] = "single_issuer,defer_taskrun,ring_fd";
  if (argc < 3 || argc > 4) {
    fprintf(stderr, "usage: nop BATCH SECONDS [FLAGS]\n");
    return 2;
  }
  int batch = atoi(argv[1]);
  double seconds = atof(argv[2]);
  if (batch < 1 || batch > BATCH_MAX || seconds <= 0) {
    fprintf(stderr, "nop: BATCH must be 1 to %d, SECONDS above 0\n", BATCH_MAX);
    return 2;
  }
  char *flags = argc == 4 ? argv[3] : flags_default;
  printf("nop: batch=%d seconds=%g flags=%s\n", batch, seconds, flags);
  int ring_fd;
  unsigned setup = parse_flags(flags, &ring_fd);

  struct io_uring ring;
  open_ring(&ring, (unsigned)batch, setup, ring_fd);
  double per_second[WINDOWS];
  double per_cpu_second[WINDOWS];
  window(&ring, (unsigned)batch, seconds / WINDOWS, &per_second[0], &per_cpu_second[0]); /* to warm up */
  for (int i = 0; i < WINDOWS; i++) {
    window(&ring, (unsigned)batch, seconds / WINDOWS, &per_second[i], &per_cpu_second[i]);
    printf("window %d: ops_per_second=%.0f ops_per_cpu_second=%.0f\n", i + 1, per_second[i], per_cpu_second[i]);
  }
  io_uring_queue_exit(&ring);
  printf("ops_per_second=%.0f ops_per_cpu_second=%.0f\n", median(per_second, WINDOWS),
         median(per_cpu_second, WINDOWS));
  return 0;
}
