#include "CHiredis.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

struct CHiredisReader {
    redisReader *reader;
    CHiredisNode *nodes;
    size_t node_count, node_capacity;
    char *bytes;
    size_t byte_count, byte_capacity;
    size_t maximum_bytes, maximum_nodes;
    size_t fed;         // bytes of the wire since the last whole reply
    const char *error;
};

// What is allocated for an ordinary reply is kept; what a very large one needed is given back.
enum { CHiredisKeptBytes = 1 << 20, CHiredisKeptNodes = 1 << 14 };

// A line (a status, an error, a length) that does not end is searched for its end again with each feed.
enum { CHiredisMaximumLine = 1 << 20 };

// hiredis stores this as the object of every value: it has to be something else than NULL.
static char present;

static void *append_node(const redisReadTask *task, CHiredisKind kind, int64_t number, size_t offset, size_t length) {
    CHiredisReader *self = task->privdata;
    if (self->node_count == self->maximum_nodes) {
        self->error = "a reply has too many elements";
        return NULL;
    }
    if (self->node_count == self->node_capacity) {
        size_t capacity = self->node_capacity ? self->node_capacity * 2 : 64;
        CHiredisNode *grown = realloc(self->nodes, capacity * sizeof(CHiredisNode));
        if (!grown) return NULL;
        self->nodes = grown;
        self->node_capacity = capacity;
    }
    self->nodes[self->node_count++] = (CHiredisNode){.kind = kind, .number = number, .offset = offset, .length = length};
    return &present;
}

static void *create_string(const redisReadTask *task, char *string, size_t length) {
    CHiredisReader *self = task->privdata;
    CHiredisKind kind;
    switch (task->type) {
    case REDIS_REPLY_STRING: kind = CHiredisKindString; break;
    case REDIS_REPLY_STATUS: kind = CHiredisKindStatus; break;
    case REDIS_REPLY_ERROR: kind = CHiredisKindError; break;
    default:
        self->error = "a reply has a type that RESP2 does not know";
        return NULL;
    }
    // hiredis trusts the length of a bulk string. Its line end was read with it: a wrong length is found here.
    if (string[length] != '\r' || string[length + 1] != '\n') {
        self->error = "a string is not as long as it says";
        return NULL;
    }
    if (self->byte_capacity - self->byte_count < length) {
        size_t capacity = self->byte_capacity ? self->byte_capacity : 1024;
        while (capacity - self->byte_count < length) capacity *= 2;
        char *grown = realloc(self->bytes, capacity);
        if (!grown) return NULL;
        self->bytes = grown;
        self->byte_capacity = capacity;
    }
    if (length) memcpy(self->bytes + self->byte_count, string, length);
    void *object = append_node(task, kind, 0, self->byte_count, length);
    self->byte_count += length;
    return object;
}

static void *create_array_of(const redisReadTask *task, int64_t count) {
    CHiredisReader *self = task->privdata;
    if (task->type != REDIS_REPLY_ARRAY) {
        self->error = "a reply has a type that RESP2 does not know";
        return NULL;
    }
    int depth = 1;
    for (const redisReadTask *outer = task->parent; outer; outer = outer->parent) depth++;
    if (depth > CHiredisMaximumDepth) {
        self->error = "a reply is nested too deeply";
        return NULL;
    }
    return append_node(task, CHiredisKindArray, count, 0, 0);
}

static void *create_integer(const redisReadTask *task, long long value) {
    return append_node(task, CHiredisKindInteger, value, 0, 0);
}

static void *create_null(const redisReadTask *task) {
    if (task->type != REDIS_REPLY_STRING && task->type != REDIS_REPLY_ARRAY) {
        ((CHiredisReader *)task->privdata)->error = "a reply has a type that RESP2 does not know";
        return NULL;
    }
    return append_node(task, CHiredisKindNull, 0, 0, 0);
}

static void free_object(void *object) { (void)object; }

#if HIREDIS_MAJOR >= 1
static void *create_array(const redisReadTask *task, size_t count) { return create_array_of(task, (int64_t)count); }
static void *create_double(const redisReadTask *task, double value, char *string, size_t length) {
    (void)value;
    return create_string(task, string, length);
}
static void *create_bool(const redisReadTask *task, int value) {
    (void)value;
    ((CHiredisReader *)task->privdata)->error = "a reply has a type that RESP2 does not know";
    return NULL;
}
#else
static void *create_array(const redisReadTask *task, int count) { return create_array_of(task, count); }
#endif

static redisReplyObjectFunctions functions = {
    .createString = create_string,
    .createArray = create_array,
    .createInteger = create_integer,
    .createNil = create_null,
    .freeObject = free_object,
#if HIREDIS_MAJOR >= 1
    .createDouble = create_double,
    .createBool = create_bool,
#endif
};

CHiredisReader *chiredis_reader_create(size_t maximum_bytes, size_t maximum_nodes) {
    CHiredisReader *self = calloc(1, sizeof(*self));
    if (!self) return NULL;
    self->reader = redisReaderCreateWithFunctions(&functions);
    if (!self->reader) {
        free(self);
        return NULL;
    }
    // By default hiredis frees and allocates its buffer anew whenever 16 KiB of it are unused.
    self->reader->maxbuf = CHiredisKeptBytes;
    self->reader->privdata = self;
    self->maximum_bytes = maximum_bytes;
    self->maximum_nodes = maximum_nodes;
    return self;
}

void chiredis_reader_destroy(CHiredisReader *self) {
    redisReaderFree(self->reader);
    free(self->nodes);
    free(self->bytes);
    free(self);
}

int chiredis_reader_feed(CHiredisReader *self, const void *bytes, size_t count) {
    if (self->error) return -1;
    if (redisReaderFeed(self->reader, bytes, count) != REDIS_OK) {
        self->error = self->reader->errstr;
        return -1;
    }
    self->fed += count;
    return 0;
}

static void begin_reply(CHiredisReader *self) {
    self->node_count = 0;
    self->byte_count = 0;
    if (self->byte_capacity > CHiredisKeptBytes) {
        free(self->bytes);
        self->bytes = NULL;
        self->byte_capacity = 0;
    }
    if (self->node_capacity > CHiredisKeptNodes) {
        free(self->nodes);
        self->nodes = NULL;
        self->node_capacity = 0;
    }
}

static int line_is_too_long(const redisReader *reader) {
    return reader->len - reader->pos > CHiredisMaximumLine
        && !memchr(reader->buf + reader->pos, '\n', CHiredisMaximumLine);
}

int chiredis_reader_next(CHiredisReader *self) {
    if (self->error) return -1;
    // Before the first value of a reply hiredis has no task on its stack.
    if (self->reader->ridx == -1) begin_reply(self);
    void *object = NULL;
    if (redisReaderGetReply(self->reader, &object) != REDIS_OK) {
        if (!self->error) self->error = self->reader->errstr;
        return -1;
    }
    if (object) {
        self->fed = self->reader->len - self->reader->pos;
        return 1;
    }
    if (self->fed > self->maximum_bytes) self->error = "a reply is too large";
    if (line_is_too_long(self->reader)) self->error = "a line is too long";
    if (self->error) return -1;
    return 0;
}

const CHiredisNode *chiredis_reader_nodes(const CHiredisReader *self) { return self->nodes; }
size_t chiredis_reader_node_count(const CHiredisReader *self) { return self->node_count; }
const char *chiredis_reader_bytes(const CHiredisReader *self) { return self->bytes; }
const char *chiredis_reader_error(const CHiredisReader *self) { return self->error ? self->error : ""; }
