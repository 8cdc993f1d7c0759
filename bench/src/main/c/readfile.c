/*
 * What does a 4 KiB random read of a file cost at a given depth, with registered file and buffers: what fio measures
 * with --ioengine=io_uring --registerfiles --fixedbufs --iodepth=DEPTH --iodepth_batch_submit=DEPTH/4
 * --iodepth_batch_complete_min=1, without fio's bookkeeping.
 *
 *   readfile FILE DEPTH SECONDS [direct]
 *
 * The last line is the result, as Interleave reads it:
 *
 *   reads_per_second=...   reads per second of wall time
 *   cpu_ns_per_read=...    CPU time per read, user and kernel, the kernel's worker threads for this ring included
 *
 * Estimate: a cached read through pread costs 1.4 us; registered and batched about 1.25 us of it are left, most of it
 * looking up and copying the page.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_BYTES 4096
#define DEPTH_MAX 1024
/* Reads between two looks at the clock. */
#define READS_PER_LOOK 4096

struct job {
  struct io_uring ring;
  char *memory; /* depth blocks, registered as one buffer each */
  unsigned depth;
  unsigned batch;            /* entries that are submitted together */
  unsigned free[DEPTH_MAX];  /* a stack of the slots that are not in flight */
  unsigned free_count;
  uint64_t blocks; /* of the file */
  uint64_t random;
};

static void fail(const char *what, int error) {
  fprintf(stderr, "readfile: %s: %s(%d)\n", what, strerror(error), error);
  exit(1);
}

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* xorshift64: cheap, and the same sequence in every run. */
static uint64_t next_block(struct job *job) {
  job->random ^= job->random << 13;
  job->random ^= job->random >> 7;
  job->random ^= job->random << 17;
  return job->random % job->blocks;
}

static void open_job(struct job *job, const char *path, int flags) {
  int fd = open(path, O_RDONLY | flags);
  struct stat stat;
  if (fd < 0 || fstat(fd, &stat) < 0)
    fail(path, errno);
  job->blocks = (uint64_t)stat.st_size / BLOCK_BYTES;
  if (!job->blocks)
    fail("file is smaller than a block", EINVAL);

  int result = io_uring_queue_init(job->depth, &job->ring, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
  if (result < 0)
    fail("io_uring_setup", -result);
  result = io_uring_register_files(&job->ring, &fd, 1);
  if (result < 0)
    fail("io_uring_register_files", -result);
  close(fd); /* the ring holds its own reference */

  job->memory = aligned_alloc(BLOCK_BYTES, (size_t)job->depth * BLOCK_BYTES);
  if (!job->memory)
    fail("aligned_alloc", ENOMEM);
  memset(job->memory, 0, (size_t)job->depth * BLOCK_BYTES);
  struct iovec buffers[DEPTH_MAX];
  for (unsigned slot = 0; slot < job->depth; slot++) {
    buffers[slot] = (struct iovec){job->memory + (size_t)slot * BLOCK_BYTES, BLOCK_BYTES};
    job->free[job->free_count++] = slot;
  }
  result = io_uring_register_buffers(&job->ring, buffers, job->depth);
  if (result < 0)
    fail("io_uring_register_buffers", -result);
  result = io_uring_register_ring_fd(&job->ring);
  if (result != 1)
    fail("io_uring_register_ring_fd", -result);
}

static void prepare(struct job *job) {
  unsigned slot = job->free[--job->free_count];
  struct io_uring_sqe *sqe = io_uring_get_sqe(&job->ring); /* never NULL: no more entries than slots */
  io_uring_prep_read_fixed(sqe, 0, job->memory + (size_t)slot * BLOCK_BYTES, BLOCK_BYTES,
                           next_block(job) * BLOCK_BYTES, (int)slot);
  sqe->flags |= IOSQE_FIXED_FILE;
  io_uring_sqe_set_data64(sqe, slot);
}

/* Fills the depth, submitting a batch at a time, then waits for at least one read and takes all that are there. */
static unsigned turn(struct job *job) {
  unsigned queued = 0;
  while (job->free_count) {
    prepare(job);
    if (++queued == job->batch) {
      int result = io_uring_submit(&job->ring);
      if (result != (int)queued)
        fail("io_uring_submit", result < 0 ? -result : EBUSY);
      queued = 0;
    }
  }
  /* fio too sends off what is left of a batch before it waits. */
  if (queued || !io_uring_cq_ready(&job->ring)) {
    int result = io_uring_submit_and_wait(&job->ring, 1);
    if (result < 0)
      fail("io_uring_submit_and_wait", -result);
  }

  struct io_uring_cqe *cqe;
  unsigned head;
  unsigned reaped = 0;
  io_uring_for_each_cqe(&job->ring, head, cqe) {
    if (cqe->res != BLOCK_BYTES)
      fail("read", cqe->res < 0 ? -cqe->res : EIO);
    job->free[job->free_count++] = (unsigned)io_uring_cqe_get_data64(cqe);
    reaped++;
  }
  io_uring_cq_advance(&job->ring, reaped);
  return reaped;
}

/* Reads for some time; returns the number of reads and how long they took. */
static unsigned long run(struct job *job, double seconds, double *wall, double *cpu) {
  double begin = now(CLOCK_MONOTONIC);
  double begin_cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  unsigned long reads = 0;
  do {
    for (unsigned done = 0; done < READS_PER_LOOK;) {
      unsigned reaped = turn(job);
      done += reaped;
      reads += reaped;
    }
    *wall = now(CLOCK_MONOTONIC) - begin;
  } while (*wall < seconds);
  *cpu = now(CLOCK_PROCESS_CPUTIME_ID) - begin_cpu;
  return reads;
}

/* The kernel writes to our memory until each read in flight has completed. */
static void drain(struct job *job) {
  while (job->free_count < job->depth) {
    struct io_uring_cqe *cqe;
    int result = io_uring_wait_cqe(&job->ring, &cqe);
    if (result < 0)
      fail("io_uring_wait_cqe", -result);
    job->free_count++;
    io_uring_cqe_seen(&job->ring, cqe);
  }
  io_uring_queue_exit(&job->ring);
  free(job->memory);
}

int main(int argc, char **argv) {
  if (argc < 4 || argc > 5 || (argc == 5 && strcmp(argv[4], "direct"))) {
    fprintf(stderr, "usage: readfile FILE DEPTH SECONDS [direct]\n");
    return 2;
  }
  int depth = atoi(argv[2]);
  double seconds = atof(argv[3]);
  if (depth < 1 || depth > DEPTH_MAX || seconds <= 0) {
    fprintf(stderr, "readfile: DEPTH must be 1 to %d, SECONDS above 0\n", DEPTH_MAX);
    return 2;
  }
  static struct job job = {.random = 88172645463325252ULL};
  job.depth = (unsigned)depth;
  job.batch = depth < 4 ? 1 : (unsigned)depth / 4;
  open_job(&job, argv[1], argc == 5 ? O_DIRECT : 0);
  printf("readfile: file=%s depth=%u batch=%u direct=%d seconds=%g\n", argv[1], job.depth, job.batch, argc == 5,
         seconds);

  double wall;
  double cpu;
  run(&job, seconds / 10, &wall, &cpu); /* to warm up */
  unsigned long reads = run(&job, seconds, &wall, &cpu);
  drain(&job);
  printf("reads_per_second=%.0f cpu_ns_per_read=%.1f\n", (double)reads / wall, cpu * 1e9 / (double)reads);
  return 0;
}
