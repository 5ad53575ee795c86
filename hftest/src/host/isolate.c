/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Children for tests, and for statements that are expected to panic. A child
 * ends by exit(), so that sanitizers and coverage have their say; one that ends
 * in any other way than by its test's end has crashed.
 */
#include "isolate.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A test that uses more processor time than this hangs. */
#define TEST_CPU_LIMIT_S 60

#define CONSOLE_SIZE 16384

/* Seen by all processes of the run. */
struct shared {
	struct hft_report report;
	/* the test came to its end, whatever the verdict */
	atomic_bool ended;
	/* the statement that should panic did not */
	atomic_bool panic_missed;
	char console[CONSOLE_SIZE];
	pthread_mutex_t lock;
};

static struct {
	struct shared *shared;
	hft_line_writer *writer;
} isolate;

bool hft_isolate_init(hft_line_writer *writer)
{
	pthread_mutexattr_t attributes;
	void *memory = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		return false;
	}
	isolate.shared = memory;
	isolate.writer = writer;
	(void)pthread_mutexattr_init(&attributes);
	(void)pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	(void)pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	return pthread_mutex_init(&isolate.shared->lock, &attributes) == 0;
}

struct hft_report *hft_carrier_report(void)
{
	return &isolate.shared->report;
}

void hft_carrier_lock(void)
{
	if (pthread_mutex_lock(&isolate.shared->lock) != 0) {
		/* A child died with it; records leave in one piece anyway. */
		(void)pthread_mutex_consistent(&isolate.shared->lock);
	}
}

void hft_carrier_unlock(void)
{
	(void)pthread_mutex_unlock(&isolate.shared->lock);
}

void hft_carrier_write(const char *line, size_t length)
{
	isolate.writer(line, length);
}

void hft_carrier_end_test(void)
{
	atomic_store(&isolate.shared->ended, true);
	exit(EXIT_SUCCESS);
}

static void limit_child(void)
{
	struct rlimit cpu = {TEST_CPU_LIMIT_S, TEST_CPU_LIMIT_S + 1};
	struct rlimit core = {0, 0};

	(void)setrlimit(RLIMIT_CPU, &cpu);
	(void)setrlimit(RLIMIT_CORE, &core);
}

/** A child, or this program ends: nothing can be said without one. */
static pid_t fork_or_die(void)
{
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid < 0) {
		perror("fork");
		_exit(2);
	}
	return pid;
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0) {
		/* Only a signal to us can interrupt it. */
	}
	return status;
}

/** Says how the child died; true when it did not. */
static bool survived(const char *file, int line, int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
		hft_report_fail(file, line, "hangs: %d s of processor time",
				TEST_CPU_LIMIT_S);
	} else if (WIFSIGNALED(status)) {
		hft_report_fail(file, line, "killed by signal %d (%s)",
				WTERMSIG(status), strsignal(WTERMSIG(status)));
	} else if (!atomic_load(&isolate.shared->ended)) {
		hft_report_fail(file, line, "ended the process, exit status %d",
				WEXITSTATUS(status));
	} else if (WEXITSTATUS(status) != 0) {
		hft_report_fail(file, line, "exit status %d after the test",
				WEXITSTATUS(status));
	} else {
		return true;
	}
	return false;
}

bool hft_carrier_run(const struct hft_test *test)
{
	pid_t pid;

	atomic_store(&isolate.shared->ended, false);
	isolate.shared->console[0] = '\0';
	pid = fork_or_die();
	if (pid == 0) {
		limit_child();
		test->run();
		hft_carrier_end_test();
	}
	return survived(test->file, (int)test->line, wait_for(pid));
}

/** What the fake machine said last survives its process. */
static void keep_console(void)
{
	const char *text = "";
	size_t length;

	if (fake_console_text != NULL) {
		text = fake_console_text();
	}
	length = strlen(text);
	if (length >= CONSOLE_SIZE) {
		text += length - (CONSOLE_SIZE - 1);
		length = CONSOLE_SIZE - 1;
	}
	memcpy(isolate.shared->console, text, length);
	isolate.shared->console[length] = '\0';
}

/** True when a `Panic: ` line of the console has `text` in it. */
static bool console_has_panic(const char *console, const char *text)
{
	const char *panic = strstr(console, "Panic: ");

	return panic != NULL && strstr(panic, text) != NULL;
}

bool hft_panic_begin(const char *text, const char *file, int line)
{
	const char *console = isolate.shared->console;
	int status;
	pid_t pid;

	atomic_store(&isolate.shared->panic_missed, false);
	isolate.shared->console[0] = '\0';
	pid = fork_or_die();
	if (pid == 0) {
		(void)atexit(keep_console);
		return true;
	}
	status = wait_for(pid);
	atomic_store(&isolate.shared->ended, false);
	if (WIFSIGNALED(status)) {
		hft_fail(true, file, line,
			 "expected panic \"%s\", killed by signal %d (%s)",
			 text, WTERMSIG(status), strsignal(WTERMSIG(status)));
	} else if (atomic_load(&isolate.shared->panic_missed)) {
		hft_fail(true, file, line, "expected panic \"%s\", got none",
			 text);
	} else if (!console_has_panic(console, text)) {
		hft_fail(true, file, line,
			 "expected panic \"%s\", console ends: %s", text,
			 console);
	}
	return false;
}

void hft_panic_missed(void)
{
	atomic_store(&isolate.shared->panic_missed, true);
	exit(EXIT_SUCCESS);
}
