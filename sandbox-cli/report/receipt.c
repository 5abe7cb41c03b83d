// SPDX-License-Identifier: Apache-2.0
/* The receipt as a whole: hashes, how the run ended, what it took; opened first, in place last. */
#include "sandbox-cli/report/receipt.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "common/json.h"
#include "hv/account.h"
#include "hv/hv.h"
#include "hv/jail/sidechannels.h"
#include "policy/policy.h"
#include "sandbox-cli/options.h"
#include "sandbox-cli/report/status.h"
#include "sandbox-cli/run/launch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND_NS	1000000000
#define MILLISECOND_NS	1000000
#define RECEIPT_VERSION 1

static int64_t realtime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

void receipt_time(struct json *j, const char *key, int64_t ns)
{
	time_t seconds = (time_t)(ns / SECOND_NS);
	char text[64], whole[40];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(whole, sizeof(whole), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%03dZ", whole, (int)(ns % SECOND_NS / MILLISECOND_NS));
	json_text(j, key, text);
}

int receipt_open(struct receipt *r, const struct options *o, const struct policy *p,
		 const char *program, int kvm_fd, struct err *error, struct err *e)
{
	cleanup_free char *host = NULL;
	int rc;

	*r = (struct receipt){ .file = { .fd = -1 },
			       .options = o,
			       .policy = p,
			       .program = program,
			       .kvm_fd = kvm_fd,
			       .error = error };
	if (!o->receipt)
		return 0;
	rc = whole_open(&r->file, "--receipt", o->receipt, p, e);
	if (rc) {
		whole_drop(&r->file);
		return rc;
	}
	r->account = hv_account_share();
	if (!r->account) {
		whole_drop(&r->file);
		return err_set(e, ERR_SANDBOX, ENOMEM, "--receipt: out of memory");
	}
	host = policy_host_path(p, program);
	if (!host || sha256_file(r->program_sha256, host))
		r->program_sha256[0] = '\0';
	r->started_ns = realtime_ns();
	return 0;
}

static void put_hash(struct json *j, const char *key, const char *sha256)
{
	if (*sha256)
		json_text(j, key, sha256);
	else
		json_null(j, key);
}

/* Of what is granted, in the form of the document's own member, without blanks. */
static void put_policy(struct json *j, const struct receipt *r)
{
	cleanup_free char *text = NULL;
	char sha256[SHA256_TEXT] = "";
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out) {
		struct json compact = json_start(out, 0);

		receipt_granted(&compact, NULL, r->policy);
		if (fclose(out) == 0)
			sha256_bytes(sha256, text, size);
	}
	json_object(j, "policy");
	json_text(j, "name", r->policy->name);
	put_hash(j, "sha256", sha256);
	json_end_object(j);
}

static void put_program(struct json *j, const struct receipt *r)
{
	cleanup_free char *host = policy_host_path(r->policy, r->program);

	json_object(j, "program");
	json_text(j, "path", r->program);
	if (host)
		json_text(j, "host", host);
	put_hash(j, "sha256", r->program_sha256);
	json_array(j, "arguments");
	for (char **word = r->options->command; *word; word++)
		json_text(j, NULL, *word);
	json_end_array(j);
	json_end_object(j);
}

static void put_runtime(struct json *j)
{
	struct hv_image image = hv_runtime_image();
	char sha256[SHA256_TEXT];

	sha256_bytes(sha256, image.bytes, image.size);
	json_object(j, "runtime");
	json_number(j, "bytes", image.size);
	json_text(j, "sha256", sha256);
	json_end_object(j);
}

/* The filter as the monitor has loaded it: the numbers of its descriptors are in it. */
static void put_filter(struct json *j, const struct receipt *r)
{
	const struct filter *filter = &r->account->filter;
	unsigned int length = filter->length <= FILTER_MAX ? filter->length : 0;
	char sha256[SHA256_TEXT] = "";

	if (length)
		sha256_bytes(sha256, filter->code, length * sizeof(filter->code[0]));
	json_object(j, "filter");
	json_number(j, "instructions", length);
	put_hash(j, "sha256", sha256);
	json_end_object(j);
}

/* What was done against others on the same core, as the monitor says. */
static void put_sidechannels(struct json *j, const struct launch_result *result)
{
	static const char *const words[] = {
		[SIDECHANNEL_NOT_OFFERED] = "not offered",
		[SIDECHANNEL_APPLIED] = "applied",
		[SIDECHANNEL_NOT_NEEDED] = "not needed",
	};

	json_object(j, "side_channels");
	for (unsigned int i = 0; result && result->end == LAUNCH_OUTCOME && i < SIDECHANNELS; i++)
		json_text(j, sidechannel_names[i],
			  words[sidechannel_state(result->outcome.sidechannels,
						  (enum sidechannel)i)]);
	json_end_object(j);
}

static void put_exit(struct json *j, const struct launch_result *result, int status,
		     const char *why)
{
	const char *by = status_ended_by(result, status);

	json_object(j, "exit");
	json_text(j, "by", by);
	json_signed(j, "status", status);
	if (strcmp(by, "signal") == 0 && status > 128)
		json_signed(j, "signal", status - 128);
	else
		json_null(j, "signal");
	if (why && *why)
		json_text(j, "error", why);
	json_end_object(j);
}

static void put_resources(struct json *j, const struct launch_result *result)
{
	json_object(j, "resources");
	json_number(j, "wall_ms",
		    result ? (result->end_ns - result->start_ns) / MILLISECOND_NS : 0);
	json_number(j, "cpu_ms", result ? result->cpu_ns / MILLISECOND_NS : 0);
	json_signed(j, "max_rss_kib", result ? result->max_rss_kib : 0);
	json_end_object(j);
}

static void write_all(struct json *j, const struct receipt *r, const struct launch_result *result,
		      const struct notes *notes, int status, const char *why)
{
	json_object(j, NULL);
	json_number(j, "version", RECEIPT_VERSION);
	receipt_time(j, "started", r->started_ns);
	receipt_time(j, "ended", realtime_ns());
	put_policy(j, r);
	put_program(j, r);
	put_runtime(j);
	put_filter(j, r);
	receipt_host(j, r);
	put_sidechannels(j, result);
	receipt_granted(j, "granted", r->policy);
	receipt_used(j, r);
	receipt_denied(j, r->policy, notes);
	receipt_written(j, notes);
	receipt_limits(j, r, result);
	put_exit(j, result, status, why);
	put_resources(j, result);
	json_end_object(j);
}

void receipt_finish(struct receipt *r, const struct launch_result *result,
		    const struct notes *notes, int status, const char *why)
{
	FILE *out;
	struct json j;
	int fd, failed;

	if (r->file.fd < 0)
		return;
	fd = dup(r->file.fd);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out && fd >= 0)
		close(fd);
	failed = !out;
	if (out) {
		j = json_start(out, 1);
		write_all(&j, r, result, notes, status, why);
		failed = ferror(out);
		failed |= fclose(out);
	}
	if (failed) {
		whole_refuse("--receipt", r->options->receipt, errno ? errno : EIO, r->error);
		whole_drop(&r->file);
		return;
	}
	whole_keep(&r->file, "--receipt", r->error);
}
