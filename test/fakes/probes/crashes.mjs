// As a driver does that does not fit its card.
process.kill(process.pid, 'SIGSEGV');
setInterval(() => undefined, 1_000);
