-- What wrk prints at its end for wrk.py; the scripts that load servers begin with this one. There is no response() in any of them:
-- wrk would build a table of headers for each answer, and it shares the cores with what is measured.
-- wrk counts the statuses over 399 by itself.

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests":%d,"seconds":%.6f,"statuses_over_399":%d,"socket_errors":%d,"bytes":%d,' ..
        '"median_microseconds":%.1f,"p99_microseconds":%.1f}\n',
        summary.requests, summary.duration / 1e6, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout, summary.bytes,
        latency:percentile(50), latency:percentile(99)))
end
