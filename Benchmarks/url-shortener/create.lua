-- wrk's side of a creation: POST of the URL after `--`, again and again; each is a link of its own.

dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "../harness/wrk.lua")

function init(arguments)
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/json"
    wrk.body = '{"url":"' .. arguments[1] .. '"}'
end
