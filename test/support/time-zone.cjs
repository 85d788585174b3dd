// Scans and logs of other tools tell the local time of the box that wrote them: the tests' samples were written in UTC.
process.env.TZ = 'UTC';
