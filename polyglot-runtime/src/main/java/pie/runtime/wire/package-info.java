/**
 * Carry host calls between a program in a worker process and the server: messages over two pipes, one call of either side at a time,
 * nested as the calls of the program and of its callbacks are. The server trusts nothing that it reads.
 */
@org.jspecify.annotations.NullMarked
package pie.runtime.wire;
