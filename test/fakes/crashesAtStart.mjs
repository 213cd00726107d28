// Ends before it has said anything, as with a library that cannot be loaded.
process.stderr.write('cannot open shared object file\n');
process.exit(7);
