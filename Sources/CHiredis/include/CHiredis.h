// hiredis' reply reader behind a handful of functions.
//
// hiredis' structs differ between 0.14 and 1.x, so only C touches them. A reply is handed over as a flat list of
// nodes in the order in which they were read: an array is followed by its elements. RESP2 only, whichever hiredis.
#ifndef CHIREDIS_H
#define CHIREDIS_H

#include <stddef.h>
#include <stdint.h>

typedef enum CHiredisKind {
    CHiredisKindString,
    CHiredisKindStatus,
    CHiredisKindError,
    CHiredisKindInteger,
    CHiredisKindNull,
    CHiredisKindArray,
} CHiredisKind;

typedef struct CHiredisNode {
    CHiredisKind kind;
    int64_t number;   // the integer, or how many elements the array has
    size_t offset;    // where the string begins within the reply's bytes
    size_t length;    // of the string
} CHiredisNode;

typedef struct CHiredisReader CHiredisReader;

enum { CHiredisMaximumDepth = 7 };

/// NULL when there is no memory. `maximum_bytes` bounds one reply on the wire, `maximum_nodes` its elements.
CHiredisReader *chiredis_reader_create(size_t maximum_bytes, size_t maximum_nodes);
void chiredis_reader_destroy(CHiredisReader *reader);

/// Appends bytes from the wire. Feed at most a few KiB at a time: hiredis moves what is left of its buffer after each
/// kilobyte that it consumed. Returns 0, or -1 when nothing more can be read from this stream.
int chiredis_reader_feed(CHiredisReader *reader, const void *bytes, size_t count);

/// 1: a whole reply lies in `nodes` and `bytes`, until the next call. 0: more bytes are needed. -1: the stream is broken.
int chiredis_reader_next(CHiredisReader *reader);

const CHiredisNode *chiredis_reader_nodes(const CHiredisReader *reader);
size_t chiredis_reader_node_count(const CHiredisReader *reader);
const char *chiredis_reader_bytes(const CHiredisReader *reader);

/// Why the stream is broken.
const char *chiredis_reader_error(const CHiredisReader *reader);

#endif
